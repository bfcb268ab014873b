//! How often something happens, as far as having counted tells.

/// The limits of a rate of which `times` in `all` were seen, such that the true rate lies between
/// them in 95 of 100 such countings at least: those of Clopper and Pearson. Where nothing or
/// everything was seen, one limit is known and all the doubt is about the other.
pub(crate) fn limits(times: usize, all: usize) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    let doubt = if times == 0 || times == all { 0.05 } else { 0.025 };
    let lower = match times {
        0 => 0.0,
        // What is seen or more is so unlikely: fewer is that likely.
        _ => rate_where(times - 1, all, 1.0 - doubt),
    };
    let upper = if times == all { 1.0 } else { rate_where(times, all, doubt) };
    (lower, upper)
}

/// The rate at which `times` or fewer of `all` have the probability `wanted`.
fn rate_where(times: usize, all: usize, wanted: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Each step halves what is left: these are more than a double has bits.
    for _ in 0..100 {
        let rate = f64::midpoint(low, high);
        // The higher the rate, the less likely it is that there are so few.
        if at_most(times, all, rate) > wanted {
            low = rate;
        } else {
            high = rate;
        }
    }
    f64::midpoint(low, high)
}

/// How likely it is that `times` or fewer of `all` are seen at this rate.
fn at_most(times: usize, all: usize, rate: f64) -> f64 {
    let odds = rate.ln() - (1.0 - rate).ln();
    let mut log = all as f64 * (1.0 - rate).ln();
    let mut sum = log.exp();
    for k in 1..=times {
        log += ((all - k + 1) as f64).ln() - (k as f64).ln() + odds;
        sum += log.exp();
    }
    sum
}

/// A share in percent, with two digits that count: `0.0042 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent <= 0.0 {
        return "0 %".to_owned();
    }
    let before = percent.log10().floor();
    let digits = if before >= 1.0 { 0 } else { (1.0 - before) as usize };
    format!("{percent:.digits$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the tables that are printed of these limits.
    #[test]
    fn the_limits_are_those_of_the_tables() {
        for (times, all, low, high) in [
            (0, 10, 0.0, 0.2589),
            (0, 200, 0.0, 0.014_87),
            (1, 10, 0.002_529, 0.445_02),
            (5, 10, 0.187_09, 0.812_91),
            (10, 10, 0.741_13, 1.0),
            (3, 1000, 0.000_619, 0.008_74),
            (0, 1_000_000, 0.0, 0.000_002_996),
            (0, 0, 0.0, 1.0),
        ] {
            let (lower, upper) = limits(times, all);
            let near = |a: f64, b: f64| (a - b).abs() <= b.max(1e-9) * 2e-3;
            assert!(near(lower, low), "{times} of {all}: {lower}");
            assert!(near(upper, high), "{times} of {all}: {upper}");
        }
    }

    #[test]
    fn percents_have_two_digits_that_count() {
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.451, "45 %"),
            (0.0149, "1.5 %"),
            (0.000_002_996, "0.00030 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
