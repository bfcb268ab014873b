//! The run as a badge: the data that shields.io draws one of, and one that is drawn already.

use serde_json::json;

use crate::report::html::Escaped;
use crate::report::{Report, counted};

const LABEL: &str = "conformance";

impl Report {
    /// What <https://shields.io/badges/endpoint-badge> reads.
    pub(crate) fn badge(&self) -> String {
        let (message, colour) = self.medal();
        let badge = json!({
            "schemaVersion": 1, "label": LABEL, "message": message, "color": colour,
        });
        format!("{badge}\n")
    }

    /// The badge as a picture.
    pub(crate) fn badge_svg(&self) -> String {
        let (message, colour) = self.medal();
        // Near enough for the font that is asked for, and any that stands in for it.
        let width = |text: &str| text.chars().count() * 7 + 12;
        let (left, right) = (width(LABEL), width(&message));
        let (all, one, other) = (left + right, left / 2, left + right / 2);
        let message = Escaped(&message);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"20\" role=\"img\" \
             aria-label=\"{LABEL}: {message}\">\
             <clipPath id=\"r\"><rect width=\"{all}\" height=\"20\" rx=\"4\"/></clipPath>\
             <g clip-path=\"url(#r)\"><path fill=\"#4a4a4a\" d=\"M0 0h{left}v20H0z\"/>\
             <path fill=\"{colour}\" d=\"M{left} 0h{right}v20H{left}z\"/></g>\
             <g fill=\"#fff\" text-anchor=\"middle\" font-size=\"11\" \
             font-family=\"Verdana,DejaVu Sans,sans-serif\">\
             <text x=\"{one}\" y=\"14\">{LABEL}</text><text x=\"{other}\" y=\"14\">{message}</text>\
             </g></svg>\n"
        )
    }

    /// What the badge says, and its colour.
    fn medal(&self) -> (String, &'static str) {
        let tally = self.tally();
        let known = self.findings.iter().filter(|finding| finding.known).count();
        let failed = (tally.regressions + tally.stale).saturating_sub(known);
        let judged = tally.ok + tally.deviations;
        match failed {
            1.. => (format!("{} failed", counted(failed)), "#cf3a34"),
            0 if !self.is_whole() || judged == 0 => ("incomplete".to_owned(), "#8d8780"),
            0 => (format!("{} of {} ok", counted(judged), counted(judged + known)), "#2f7d4f"),
        }
    }
}
