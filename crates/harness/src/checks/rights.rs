//! The checks of the clauses *.rights.*: descriptors that travel beside bytes.

#[cfg(unix)]
mod datagram;
#[cfg(unix)]
mod passed;
#[cfg(unix)]
mod passing;
#[cfg(unix)]
mod remains;
#[cfg(unix)]
mod stream;

/// Lists the checks of the three groups. Where there are no descriptors, none can be made.
macro_rules! groups {
    ($($constant:ident $group:literal { $($file:ident::$name:ident),* $(,)? })*) => {
        $(
            #[cfg(unix)]
            pub(crate) const $constant: crate::checks::Group =
                ($group, &[$((stringify!($name), $file::$name as crate::checks::Check)),*]);
            #[cfg(not(unix))]
            pub(crate) const $constant: crate::checks::Group =
                ($group, &[$((stringify!($name), lacking as crate::checks::Check)),*]);
        )*
    };
}

groups! {
    CROSS "cross.rights" {
        passing::arrives, passing::order, passing::close_on_exec, passing::none,
        passing::sender_gone, passing::peek, passing::most, passing::unknown, remains::no_room,
        remains::some_room, remains::no_numbers, remains::plain_receive, remains::receiver_gone,
    }
    STREAM "stream.rights" {
        stream::needs_byte, stream::apart, stream::after, stream::first_byte,
    }
    DATAGRAM "datagram.rights" {
        datagram::apart, datagram::empty, datagram::truncated,
    }
}

#[cfg(not(unix))]
fn lacking(_: &crate::Case<'_>) -> crate::Observation {
    Err(crate::Stop::Lacks("descriptors"))
}
