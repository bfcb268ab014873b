//! What datagrams tell beside their bytes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sockrates_core::{Control, RecvControl, SocketOption};

use crate::checks::datagram::ends::send;
use crate::expect::{ensure, equal, fail, holds};
use crate::{Case, Conn, Observation, Stop};

/// How much there is to receive each time.
const BYTES: &[u8] = b"beside";

pub(super) fn told_hops(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let hops = |got: &Control| match got {
        Control::Ttl(hops) => Some(*hops),
        _ => None,
    };
    asked_for(case, (&a, &b), SocketOption::RecvTtl, &hops)?;
    for value in [17, 200] {
        a.set_option(SocketOption::Ttl, value)?;
        let told = beside(case, (&a, &b), &hops)?;
        equal("the hops told", &vec![value], &told.into_iter().map(i32::from).collect::<Vec<_>>())?;
    }
    holds()
}

pub(super) fn told_class(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let class = |got: &Control| match got {
        Control::Tos(class) => Some(*class),
        _ => None,
    };
    asked_for(case, (&a, &b), SocketOption::RecvTos, &class)?;
    for value in [0, 0x10, 0xb8] {
        a.set_option(SocketOption::Tos, value)?;
        let told = beside(case, (&a, &b), &class)?;
        let told: Vec<i32> = told.into_iter().map(i32::from).collect();
        equal("the class told", &vec![value], &told)?;
    }
    holds()
}

pub(super) fn told_destination(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let destination = |got: &Control| match got {
        Control::PacketInfo { addr, interface } => Some((*addr, *interface)),
        _ => None,
    };
    asked_for(case, (&a, &b), SocketOption::RecvPacketInfo, &destination)?;
    let told = beside(case, (&a, &b), &destination)?;
    let home = b.local_addr()?.ip();
    let expected: Vec<_> =
        home.into_iter().map(|ip| (ip, case.transport().map_or(0, |s| s.loopback()))).collect();
    equal("the destination told", &expected, &told)?;
    holds()
}

pub(super) fn told_time(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let time = |got: &Control| match got {
        Control::Timestamp(time) => Some(*time),
        _ => None,
    };
    asked_for(case, (&a, &b), SocketOption::RecvTimestamp, &time)?;
    let before = now()?;
    let told = beside(case, (&a, &b), &time)?;
    let after = now()?;
    let [told] = told[..] else { return fail("one time", "none, or several") };
    // Clocks are read more coarsely in some places than in others.
    let slack = Duration::from_millis(50);
    let right = before.saturating_sub(slack) <= told && told <= after + slack;
    ensure(right, "when it came, by the machine's clock", "another time")?;
    holds()
}

pub(super) fn untold(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_option(SocketOption::RecvTtl, 1)?;
    send(case, &a, BYTES)?;
    let got = b.recv_with_control(100, 0, case.soon())?;
    equal("bytes received", &BYTES.len(), &got.len)?;
    ensure(got.control.is_empty(), "nothing told without room", "something")?;
    ensure(got.control_truncated, "it shows that something was lost", "it does not")?;
    // With room it is told again.
    let RecvControl { control, control_truncated, .. } = received(case, (&a, &b))?;
    ensure(control.len() == 1 && !control_truncated, "with room it is told", "it is not")?;
    holds()
}

/// What is not asked for is not told; then it is asked for, told, not asked for any more, and asked
/// for again.
fn asked_for<T>(
    case: &Case<'_>,
    ends: (&Conn, &Conn),
    option: SocketOption,
    pick: &impl Fn(&Control) -> Option<T>,
) -> Result<(), Stop> {
    for asked in [false, true, false, true] {
        if asked || ends.1.option(option)? != 0 {
            ends.1.set_option(option, asked.into())?;
        }
        let told = beside(case, ends, pick)?.len();
        equal("how often it is told", &usize::from(asked), &told)?;
    }
    Ok(())
}

/// What one datagram tells, of one kind.
fn beside<T>(
    case: &Case<'_>,
    ends: (&Conn, &Conn),
    pick: &impl Fn(&Control) -> Option<T>,
) -> Result<Vec<T>, Stop> {
    Ok(received(case, ends)?.control.iter().filter_map(pick).collect())
}

/// A datagram from the first end to the second, received with room for what it tells.
fn received(case: &Case<'_>, (from, to): (&Conn, &Conn)) -> Result<RecvControl, Stop> {
    send(case, from, BYTES)?;
    let got = to.recv_with_control(100, Control::ROOM, case.soon())?;
    equal("bytes received", &BYTES.len(), &got.len)?;
    ensure(!got.truncated && !got.control_truncated, "nothing is lost", "something is")?;
    Ok(got)
}

fn now() -> Result<Duration, Stop> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_err(|_| Stop::HarnessError("the clock is before 1970".to_owned()))
}
