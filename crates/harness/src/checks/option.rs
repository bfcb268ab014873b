//! What the checks of stream.option.* and datagram.option.* have in common.

use sockrates_core::{Errno, Error, SocketOption};

use crate::expect::{ensure, equal, fails_with, saw, told};
use crate::{Conn, Observation, Stop};

/// An option that no system has: of the sockets' own level, with a number beyond all of theirs.
const UNKNOWN: SocketOption = SocketOption::Raw { level: SOL_SOCKET, name: 9_999 };

/// The number of `SOL_SOCKET`, on all of Linux's machines but MIPS and SPARC, and elsewhere.
const SOL_SOCKET: i32 =
    if cfg!(any(target_os = "linux", target_os = "android")) { 1 } else { 0xffff };

/// A switch that is `on` or off unless set: it goes where it is put, again and again, and the
/// other end's stays where it was.
pub(crate) fn switch(
    (end, other): (&Conn, &Conn),
    option: SocketOption,
    on: bool,
) -> Result<(), Stop> {
    let is = |end: &Conn| Ok::<_, Stop>(end.option(option)? != 0);
    equal("unless set", &on, &is(end)?)?;
    for value in [!on, !on, on, !on] {
        end.set_option(option, value.into())?;
        equal("after setting it", &value, &is(end)?)?;
    }
    equal("of the other end", &on, &is(other)?)
}

/// A number that can be set, and is what was set last.
pub(crate) fn number(end: &Conn, option: SocketOption, values: &[i32]) -> Result<(), Stop> {
    for value in values {
        end.set_option(option, *value)?;
        equal("what was set", value, &end.option(option)?)?;
    }
    Ok(())
}

/// It is of one of these types, which cannot be set.
pub(crate) fn of_type(end: &Conn, numbers: &[i32]) -> Result<(), Stop> {
    let told = end.option(SocketOption::SocketType)?;
    ensure(numbers.contains(&told), "its own type", "another type")?;
    let other = if told == 1 { 2 } else { 1 };
    let set = end.set_option(SocketOption::SocketType, other);
    ensure(set.is_err(), "setting the type fails", "success")?;
    equal("the type afterwards", &told, &end.option(SocketOption::SocketType)?)
}

/// What an unknown option comes to.
pub(crate) fn unknown(end: &Conn) -> Observation {
    match (end.option(UNKNOWN), end.set_option(UNKNOWN, 1)) {
        (Err(Error::Unsupported { .. }), Err(Error::Unsupported { .. })) => saw("unrepresentable"),
        (asked, set) => {
            let refusal = |outcome: Result<(), Error>| match outcome {
                Ok(()) => "success".to_owned(),
                Err(error) => told(&error),
            };
            let (asked, set) = (refusal(asked.map(drop)), refusal(set));
            saw(if asked == set { asked } else { format!("{asked} asked for, {set} set") })
        }
    }
}

/// A buffer is no smaller than was asked for, and one end's size is not the other's.
pub(crate) fn buffers(end: &Conn, other: &Conn) -> Result<(), Stop> {
    for option in [SocketOption::SendBuffer, SocketOption::RecvBuffer] {
        let before = other.option(option)?;
        for size in [8 << 10, 48 << 10, 16 << 10] {
            end.set_option(option, size)?;
            let has = end.option(option)?;
            ensure(has >= size, "no less than was asked for", "less")?;
            ensure(has <= 4 * size, "what was asked for, or a few times as much", "much more")?;
        }
        equal("the size of the other end's", &before, &other.option(option)?)?;
    }
    Ok(())
}

/// The number of routers: some unless set, then what was set; what is out of range is refused.
pub(crate) fn hops(end: &Conn) -> Result<(), Stop> {
    let unless_set = end.option(SocketOption::Ttl)?;
    ensure((1..=255).contains(&unless_set), "1 to 255 unless set", "another number")?;
    number(end, SocketOption::Ttl, &[1, 64, 255, 17])?;
    // None at all is a number of IPv6's.
    let set = end.set_option(SocketOption::Ttl, 256);
    fails_with("a number out of range", set, &[Errno::EINVAL]).map(drop)?;
    equal("afterwards", &17, &end.option(SocketOption::Ttl)?)
}
