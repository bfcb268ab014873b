//! A judge as a program: what people and build servers see of it, and what it survives.

mod command_line;
mod faulty;
mod reports;
mod survival;
mod transcripts;
