//! Ratios with whiskers beside their goals, as a drawing that any browser shows.

use std::fmt::Write as _;

use super::row::{self, Row, Verdict};
use crate::contest::Goal;

/// The ratios of a group on a logarithmic axis; `None` where nothing ran.
#[must_use]
pub(super) fn svg(group: &str, rows: &[&Row]) -> Option<String> {
    let rows: Vec<_> = rows.iter().filter_map(|row| Some((*row, row.ratio()?))).collect();
    let mut seen: Vec<f64> = vec![0.9, 1.1];
    for (row, ratio) in &rows {
        seen.extend(ratio.confidence);
        seen.extend(row.goal.map(number));
    }
    if rows.is_empty() {
        return None;
    }
    let axis = Axis::over(&seen);
    let height = TOP + ROW * rows.len() as f64 + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>{group}: ratios of ours to peers</title>\n<style>{STYLE}</style>\n"
    );
    let bottom = height - BOTTOM;
    for tick in axis.ticks() {
        let (x, class) = (axis.x(tick), if tick == 1.0 { "even" } else { "grid" });
        let _ = writeln!(
            svg,
            "<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\">{tick}</text>",
            bottom + 16.0
        );
    }
    for (index, (row, ratio)) in rows.iter().enumerate() {
        let middle = TOP + ROW * (index as f64 + 0.5);
        let class = match row.verdict() {
            Some(Verdict::Missed | Verdict::MissedWithinNoise) => "missed",
            Some(Verdict::Met | Verdict::MetWithinNoise) => "met",
            None => "plain",
        };
        let [low, high] = ratio.confidence.map(|end| axis.x(end));
        let x = axis.x(ratio.median);
        let _ = writeln!(
            svg,
            "<text class=\"case\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\
             <text class=\"who\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\
             <line class=\"{class}\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle}\" \
             y2=\"{middle}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{middle}\" r=\"4\"/>\
             <text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{:.2}</text>",
            LEFT - 10.0,
            middle - 2.0,
            text(&row.case),
            LEFT - 10.0,
            middle + 11.0,
            text(&format!("{} / {}", row.ours, row.peer)),
            RIGHT + 8.0,
            middle + 4.0,
            ratio.median
        );
        if let Some(goal) = row.goal {
            let x = axis.x(number(goal));
            let (from, to) = (middle - 10.0, middle + 10.0);
            let _ = writeln!(
                svg,
                "<line class=\"goal\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from}\" y2=\"{to}\">\
                 <title>goal {}</title></line>",
                text(&row::goal(goal))
            );
        }
    }
    let _ = writeln!(
        svg,
        "<text class=\"note\" x=\"{LEFT}\" y=\"{:.1}\">ratio (median, 95 % interval); upright \
         mark: goal; orange: missed</text>\n</svg>",
        height - 8.0
    );
    Some(svg)
}

const WIDTH: f64 = 960.0;
const LEFT: f64 = 500.0;
const RIGHT: f64 = 900.0;
const TOP: f64 = 12.0;
const ROW: f64 = 34.0;
const BOTTOM: f64 = 44.0;

/// Greys and two hues that read on white and on black; orange and blue differ for everybody.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#57606a}.case,.who{text-anchor:end}.case{fill:#24292f}\
.who,.note{font-size:10px}.tick{text-anchor:middle}line{stroke-width:2}\
.grid{stroke:#888;stroke-opacity:.25;stroke-width:1}.even{stroke:#888;stroke-width:1}\
.goal{stroke:#888;stroke-width:3}line.met,line.plain{stroke:#3b82c4}line.missed{stroke:#d9731a}\
circle.met{fill:#3b82c4}circle.plain{fill:#888}line.plain{stroke:#888}circle.missed{fill:#d9731a}\
@media(prefers-color-scheme:dark){text{fill:#9da7b1}.case{fill:#e6edf3}}";

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

fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
