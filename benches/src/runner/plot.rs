//! Ratios with whiskers beside their goals, as a drawing that any browser shows.

use std::fmt::Write as _;

use super::machine::Machine;
use super::row::{Better, Row, Verdict};
use super::spread::Spread;
use crate::contest::Goal;

/// The ratios of a group on logarithmic axes, one for speeds and one for costs; `None` where
/// nothing ran.
#[must_use]
pub(super) fn svg(group: &str, rows: &[&Row], machine: &Machine) -> Option<String> {
    let ran: Vec<_> = rows.iter().filter_map(|row| Some((*row, row.ratio()?))).collect();
    let part = |better| -> (_, Vec<_>) {
        (better, ran.iter().copied().filter(|(row, _)| row.better() == better).collect())
    };
    let mut parts = vec![part(Better::Higher), part(Better::Lower)];
    parts.retain(|(_, rows)| !rows.is_empty());
    if parts.is_empty() {
        return None;
    }
    let height = HEAD + PART * parts.len() as f64 + ROW * ran.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>{group}: ours beside its peers</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n"
    );
    put(&mut svg, "head", EDGE, 28.0, &format!("{group}: ours beside its peers"));
    for (line, words) in machine.to_string().lines().enumerate() {
        put(&mut svg, "note", EDGE, 46.0 + 14.0 * line as f64, words);
    }
    let lacking = rows.len() - ran.len();
    if lacking > 0 {
        let words = format!("{lacking} skipped or failed: report.md says why");
        put(&mut svg, "note end", WIDTH - EDGE, 28.0, &words);
    }
    let mut top = HEAD;
    for (better, rows) in &parts {
        draw(&mut svg, *better, rows, top);
        top += PART + ROW * rows.len() as f64;
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// The rows of which the same ratios are better, below a heading that says which.
fn draw(svg: &mut String, better: Better, rows: &[(&Row, Spread)], top: f64) {
    let (words, ends) = match better {
        Better::Higher => {
            ("Speed of ours, in units of the peer's: higher is better", ["peer", "ours"])
        }
        Better::Lower => {
            ("Cost of ours, in units of the peer's: lower is better", ["ours", "peer"])
        }
    };
    put(svg, "part", EDGE, top + 16.0, words);
    legend(svg, better, top + 35.0);
    put(svg, "note", LEFT, top + 16.0, &format!("\u{2190} {} ahead", ends[0]));
    put(svg, "note end", RIGHT, top + 16.0, &format!("{} ahead \u{2192}", ends[1]));
    let mut seen = vec![0.9, 1.1];
    for (row, ratio) in rows {
        seen.extend(ratio.confidence);
        seen.extend(row.goal.map(number));
    }
    let (axis, first) = (Axis::over(&seen), top + 44.0);
    let bottom = first + ROW * rows.len() as f64;
    for tick in axis.ticks() {
        let (x, class) = (axis.x(tick), if tick == 1.0 { "even" } else { "grid" });
        upright(svg, class, x, [first, bottom]);
        put(svg, "tick", x, bottom + 16.0, &tick.to_string());
    }
    for (index, (row, ratio)) in rows.iter().enumerate() {
        mark(svg, &axis, row, ratio, first + ROW * (index as f64 + 0.5));
    }
}

/// What the marks mean, in a line of text.
fn legend(svg: &mut String, better: Better, y: f64) {
    let goal = match better {
        Better::Higher => "goal: at least",
        Better::Lower => "goal: at most",
    };
    let signs = [
        ("plain", "\u{2503}", goal),
        ("met", "\u{25cf}", "met"),
        ("missed", "\u{25cf}", "missed"),
        ("plain", "\u{25cf}", "no goal"),
        ("plain", "\u{2014}", "true median within, by 95 %"),
    ];
    let _ = write!(svg, "<text class=\"note\" x=\"{EDGE}\" y=\"{y}\">");
    for (index, (class, sign, words)) in signs.into_iter().enumerate() {
        let gap = if index == 0 { 0 } else { 12 };
        let _ = write!(svg, "<tspan class=\"{class}\" dx=\"{gap}\">{sign}</tspan> {words}");
    }
    svg.push_str("</text>\n");
}

/// A row, in the middle of its height.
fn mark(svg: &mut String, axis: &Axis, row: &Row, ratio: &Spread, middle: f64) {
    let class = match row.verdict() {
        Some(Verdict::Missed | Verdict::MissedWithinNoise) => "missed",
        Some(Verdict::Met | Verdict::MetWithinNoise) => "met",
        None => "plain",
    };
    put(svg, "case end", LEFT - 10.0, middle - 2.0, &row.case);
    let who = format!("{} / {}", row.ours, row.peer);
    put(svg, "note end", LEFT - 10.0, middle + 11.0, &who);
    if let Some(goal) = row.goal {
        upright(svg, "goal", axis.x(number(goal)), [middle - 10.0, middle + 10.0]);
    }
    let ([low, high], x) = (ratio.confidence.map(|end| axis.x(end)), axis.x(ratio.median));
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle}\" \
         y2=\"{middle}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{middle}\" r=\"4\"/>"
    );
    put(svg, "value", RIGHT + 8.0, middle + 4.0, &format!("{:.2}", ratio.median));
}

fn put(svg: &mut String, class: &str, x: f64, y: f64, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>");
}

fn upright(svg: &mut String, class: &str, x: f64, [from, to]: [f64; 2]) {
    let ends = format!("x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{to:.1}\"");
    let _ = writeln!(svg, "<line class=\"{class}\" {ends}/>");
}

const WIDTH: f64 = 960.0;
const EDGE: f64 = 12.0;
const LEFT: f64 = 500.0;
const RIGHT: f64 = 900.0;
/// What stands above the first part.
const HEAD: f64 = 76.0;
/// What a part takes beside its rows: the heading and the legend above, the ticks below.
const PART: f64 = 80.0;
const ROW: f64 = 34.0;

/// Greys and two hues that read on white and on black; orange and blue differ for everybody.
const STYLE: &str = "\
.page{fill:#fff}text{font:12px system-ui,sans-serif;fill:#57606a}.end{text-anchor:end}\
.head,.part,.case{fill:#24292f}.head{font-size:18px;font-weight:600}\
.part{font-size:13px;font-weight:600}.note{font-size:10px}.tick{text-anchor:middle}\
line{stroke-width:2}.grid{stroke:#888;stroke-opacity:.25;stroke-width:1}\
.even{stroke:#888;stroke-width:1}.goal{stroke:#888;stroke-width:3}\
line.met{stroke:#3b82c4}line.plain{stroke:#888}line.missed{stroke:#d9731a}\
circle.met,tspan.met{fill:#3b82c4}circle.plain,tspan.plain{fill:#888}\
circle.missed,tspan.missed{fill:#d9731a}tspan{font-size:13px;font-weight:700}\
@media(prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#9da7b1}\
.head,.part,.case{fill:#e6edf3}}";

/// From the least to the most, by powers.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn over(values: &[f64]) -> Self {
        let low = values.iter().copied().fold(f64::MAX, f64::min);
        let high = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Self { low: low / 1.05, high: high * 1.05 }
    }

    fn x(&self, value: f64) -> f64 {
        let part = (value / self.low).ln() / (self.high / self.low).ln();
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Round numbers, few enough to be read.
    fn ticks(&self) -> Vec<f64> {
        let decades = (-3..=3).map(|power| 10_f64.powi(power));
        let all: Vec<f64> = decades
            .flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * decade))
            .chain([0.8, 0.9, 1.1, 1.2, 1.5])
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect();
        let few = self.high / self.low < 3.0;
        let round = |tick: &f64| few || ![0.8, 0.9, 1.1, 1.2, 1.5].contains(tick);
        all.into_iter().filter(round).collect()
    }
}

fn number(goal: Goal) -> f64 {
    match goal {
        Goal::AtLeast(goal) | Goal::AtMost(goal) => goal,
    }
}
