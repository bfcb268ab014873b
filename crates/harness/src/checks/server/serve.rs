//! The checks of the clauses server.serve.*

use super::client::{Client, Heard, serve};
use crate::checks::checks;
use crate::expect::{ensure, holds};
use crate::{Caps, Case, Observation, Stop};

checks!("server.serve" { order, split, large, half_close, close, apart, many });

/// An order for more than a connection holds.
const FILL: &str = "fill 1048576";
const FILLED: usize = 1 << 20;

/// How many clients there are at a time, and how many times.
const CROWD: usize = 50;
const CROWDS: usize = 4;

/// Where each client costs a process, there are fewer.
const CROWD_OF_PROCESSES: usize = 6;

fn order(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    let orders: Vec<String> = (0..20).map(|number| format!("order {number}")).collect();
    client.say(&orders.join("\n"))?;
    for order in &orders {
        client.hears(order)?;
    }
    // Nothing stands between these answers and the next one.
    client.ask("and no more")?;
    holds()
}

fn split(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    // Each answer shows that what came before it has arrived.
    client.send(b"one\ntw")?;
    client.hears("one")?;
    client.send(b"o\nthr")?;
    client.hears("two")?;
    for byte in b"ee" {
        client.send(&[*byte])?;
    }
    client.send(b"\n")?;
    client.hears("three")?;
    holds()
}

fn large(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.say(FILL)?;
    hears_filled(&client)?;
    client.ask("after it")?;
    holds()
}

fn hears_filled(client: &Client<'_>) -> Result<(), Stop> {
    let heard = client.hear()?;
    let whole = matches!(&heard, Heard::Line(line) if line.len() == FILLED);
    let name = client.conn.name();
    ensure(whole, format!("{name} hears {FILLED} bytes"), format!("{name} hears {heard}"))
}

fn half_close(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    // While the first answer waits for the client, the end of its side arrives.
    client.say(&[FILL, "one", "two"].join("\n"))?;
    client.conn.close_send()?;
    hears_filled(&client)?;
    client.hears("one")?;
    client.hears("two")?;
    client.ends()?;
    holds()
}

fn close(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    client.say("close")?;
    client.ends()?;
    holds()
}

fn apart(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let one = Client::new(case, "c1", &server)?;
    let other = Client::new(case, "c2", &server)?;
    // The answer shows that what came with the order has arrived, too.
    one.send(b"one\nfor the ")?;
    one.hears("one")?;
    other.ask("for the other")?;
    one.send(b"one\n")?;
    one.hears("for the one")?;
    holds()
}

fn many(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let crowd = match (case.has(Caps::CONCURRENT), case.has(Caps::PROCESSES)) {
        (false, _) => 1,
        (true, true) => CROWD_OF_PROCESSES,
        (true, false) => CROWD,
    };
    for round in 0..CROWDS {
        let connect = |number| Client::new(case, &format!("c{}", round * crowd + number), &server);
        let clients = (1..=crowd).map(connect).collect::<Result<Vec<_>, _>>()?;
        // The last to come is asked first.
        for client in clients.iter().rev() {
            client.say(client.conn.name())?;
        }
        for client in &clients {
            client.hears(client.conn.name())?;
        }
        for client in &clients {
            client.say("close")?;
        }
        for client in &clients {
            client.ends()?;
        }
    }
    holds()
}
