//! Charts: bars and a line laid out on a grid of 360 units, so that they can be read on a phone. What
//! is here is geometry and words; colours are classes, and every chart carries its numbers as a table.

use crate::language::dates::decimal;
use crate::t;
use serde::Serialize;

/// Width of every chart in its own units; text is 11 of them.
pub const CHART_WIDTH: f64 = 360.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 356.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 150.0;
const HEIGHT: f64 = 186.0;
/// Side of a day in the calendar, with its gap.
const DAY: f64 = 12.0;
/// A row of the calendar: half a year that begins in the middle of a week.
const CALENDAR_WEEKS: usize = 27;

/// A picture with its words.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// Unique on the page.
    pub id: String,
    pub title: String,
    /// What is to be seen, in a sentence.
    pub desc: String,
    pub height: String,
    pub shapes: Vec<Shape>,
    /// Path of the line over the bars.
    pub line: Option<String>,
    /// Path of the grid behind them.
    pub grid: Option<String>,
    pub labels: Vec<ChartLabel>,
    pub keys: Vec<ChartKey>,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// One rectangle.
#[derive(Debug, Clone, Serialize)]
pub struct Shape {
    pub class: String,
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
}

/// One word in the picture.
#[derive(Debug, Clone, Serialize)]
pub struct ChartLabel {
    pub x: String,
    pub y: String,
    /// `start`, `middle`, `end`.
    pub anchor: &'static str,
    pub text: String,
}

/// What a colour or line stands for.
#[derive(Debug, Clone, Serialize)]
pub struct ChartKey {
    pub class: String,
    pub text: String,
}

/// One place of a bar chart.
#[derive(Debug, Clone)]
pub struct BarAt {
    /// Below the bar, where there is room.
    pub name: String,
    pub bar: f64,
    /// Of the line over the bars.
    pub line: Option<f64>,
}

/// What a bar chart is about.
#[derive(Debug, Clone)]
pub struct BarChart<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub desc: &'a str,
    /// Names of the places, of the bars and of the line.
    pub place: &'a str,
    pub bar: &'a str,
    pub line: Option<&'a str>,
    /// Every so many places one is named.
    pub name_every: usize,
}

impl BarChart<'_> {
    /// Lays the chart out; all values at least 0.
    pub fn lay_out(&self, places: &[BarAt]) -> Chart {
        let most = places.iter().map(|p| p.bar.max(p.line.unwrap_or(0.0))).fold(0.0, f64::max);
        let step = tidy_step(most);
        let top = (most / step).ceil().max(1.0) * step;
        let y = |value: f64| BOTTOM - value / top * (BOTTOM - TOP);
        let width = (RIGHT - LEFT) / places.len().max(1) as f64;
        let x = |n: usize| LEFT + width * n as f64;
        let gap = (width * 0.16).min(3.0);
        let mut chart = Chart {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            desc: self.desc.to_owned(),
            height: unit(HEIGHT),
            shapes: Vec::new(),
            line: None,
            grid: None,
            labels: Vec::new(),
            keys: vec![key("chart-bar", self.bar)],
            columns: vec![self.place.to_owned(), self.bar.to_owned()],
            rows: Vec::new(),
        };
        for (n, place) in places.iter().enumerate() {
            if place.bar > 0.0 {
                chart.shapes.push(Shape {
                    class: "chart-bar".to_owned(),
                    x: unit(x(n) + gap / 2.0),
                    y: unit(y(place.bar)),
                    width: unit((width - gap).max(0.5)),
                    height: unit(BOTTOM - y(place.bar)),
                });
            }
            if n.is_multiple_of(self.name_every.max(1)) {
                chart.labels.push(label(x(n) + width / 2.0, BOTTOM + 14.0, "middle", &place.name));
            }
            let mut row = vec![place.name.clone(), figure(place.bar)];
            row.extend(place.line.map(figure));
            chart.rows.push(row);
        }
        let mut grid = String::new();
        let mut tick = 0.0;
        while tick <= top + step / 2.0 {
            grid += &format!("M{} {}H{}", unit(LEFT), unit(y(tick)), unit(RIGHT));
            chart.labels.push(label(LEFT - 5.0, y(tick) + 4.0, "end", &figure(tick)));
            tick += step;
        }
        chart.grid = Some(grid);
        chart.labels.push(label((LEFT + RIGHT) / 2.0, HEIGHT - 6.0, "middle", self.place));
        if let Some(line) = self.line {
            chart.columns.push(line.to_owned());
            chart.keys.push(key("chart-line", line));
            chart.line = Some(steps(places, &x, &y));
        }
        chart
    }
}

/// A line of level pieces: a value holds for the whole place.
fn steps(places: &[BarAt], x: &impl Fn(usize) -> f64, y: &impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    for (n, place) in places.iter().enumerate() {
        let Some(value) = place.line else { continue };
        let to = if path.is_empty() { "M" } else { "L" };
        path += &format!("{to}{} {}H{}", unit(x(n)), unit(y(value)), unit(x(n + 1)));
    }
    path
}

/// One date of the calendar.
#[derive(Debug, Clone)]
pub struct DayAt {
    /// Monday = 0.
    pub weekday: usize,
    pub month: String,
    /// First date of its month or of the calendar: the month is named there.
    pub names_month: bool,
    pub count: u32,
    /// Somebody was not met.
    pub is_marked: bool,
}

/// A calendar of counts, half a year a row, one column a week, Monday above.
pub fn calendar(
    id: &str,
    title: &str,
    desc: &str,
    days: &[DayAt],
    rows: Vec<Vec<String>>,
) -> Chart {
    let most = days.iter().map(|d| d.count).max().unwrap_or(0).max(1);
    let (mut shapes, mut labels) = (Vec::new(), Vec::new());
    let (mut week, band_height) = (0, 7.0 * DAY + 22.0);
    for (n, day) in days.iter().enumerate() {
        if n > 0 && day.weekday == 0 {
            week += 1;
        }
        let (band, column) = (week / CALENDAR_WEEKS, week % CALENDAR_WEEKS);
        let top = 16.0 + band as f64 * band_height;
        let (x, y) = (LEFT - 6.0 + column as f64 * DAY, top + day.weekday as f64 * DAY);
        let level = (day.count * 4).div_ceil(most);
        let mark = if day.is_marked { " chart-marked" } else { "" };
        shapes.push(Shape {
            class: format!("chart-day chart-day-{level}{mark}"),
            x: unit(x),
            y: unit(y),
            width: unit(DAY - 2.0),
            height: unit(DAY - 2.0),
        });
        if day.names_month {
            labels.push(label(x, top - 4.0, "start", &day.month));
        }
    }
    for band in 0..=week / CALENDAR_WEEKS {
        for (weekday, name) in [(0, t!("Mon")), (3, t!("Thu")), (6, t!("Sun"))] {
            let y = 16.0 + band as f64 * band_height + f64::from(weekday) * DAY + 9.0;
            labels.push(label(LEFT - 11.0, y, "end", name));
        }
    }
    let bands = (week / CALENDAR_WEEKS + 1) as f64;
    Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        desc: desc.to_owned(),
        height: unit(bands * band_height),
        shapes,
        line: None,
        grid: None,
        labels,
        keys: vec![
            key("chart-day-1", t!("few")),
            key("chart-day-4", &t!("up to {most} check-ins a day", most)),
            key("chart-marked", t!("somebody not met for lack of a verifier")),
        ],
        columns: [t!("Month"), t!("Check-ins"), t!("Not met")].map(str::to_owned).to_vec(),
        rows,
    }
}

fn key(class: &str, text: &str) -> ChartKey {
    ChartKey { class: class.to_owned(), text: text.to_owned() }
}

fn label(x: f64, y: f64, anchor: &'static str, text: &str) -> ChartLabel {
    ChartLabel { x: unit(x), y: unit(y), anchor, text: text.to_owned() }
}

/// A step of 1, 2 or 5 that gives at most five lines.
fn tidy_step(most: f64) -> f64 {
    let raw = (most / 4.0).max(1e-6);
    let power = 10f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= raw).unwrap_or(10.0 * power)
}

fn unit(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A number for people: no more digits than mean something.
pub fn figure(x: f64) -> String {
    let text = match x.abs() {
        a if a >= 100.0 || (a.fract() == 0.0 && a < 1e9) => format!("{x:.0}"),
        a if a >= 1.0 => format!("{x:.1}"),
        _ => format!("{x:.2}"),
    };
    if text.contains('.') {
        decimal(text.trim_end_matches('0').trim_end_matches('.'))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(places: &[BarAt]) -> Chart {
        let about = BarChart {
            id: "a",
            title: "A",
            desc: "B",
            place: "days",
            bar: "seen",
            line: Some("law"),
            name_every: 2,
        };
        about.lay_out(places)
    }

    fn place(name: &str, bar: f64, line: f64) -> BarAt {
        BarAt { name: name.to_owned(), bar, line: Some(line) }
    }

    #[test]
    fn bars_and_line_stay_on_the_paper_and_the_table_has_every_number() {
        let got = chart(&[place("1", 3.0, 2.5), place("2", 0.0, 9.7), place("3", 12.0, 0.0)]);
        assert_eq!(got.shapes.len(), 2, "nothing is drawn for nothing");
        for shape in &got.shapes {
            let of = |text: &str| text.parse::<f64>().unwrap();
            assert!(of(&shape.x) >= LEFT && of(&shape.x) + of(&shape.width) <= RIGHT + 0.1);
            assert!((of(&shape.y) + of(&shape.height) - BOTTOM).abs() < 0.11);
        }
        assert_eq!(got.rows[1], ["2", "0", "9.7"]);
        assert_eq!(got.columns, ["days", "seen", "law"]);
        assert!(got.line.unwrap().starts_with("M38 "), "begins at the left");
    }

    #[test]
    fn an_empty_chart_is_still_a_chart() {
        let got = chart(&[]);
        assert!(got.shapes.is_empty() && got.rows.is_empty() && !got.labels.is_empty());
    }

    #[test]
    fn a_calendar_has_a_square_a_day_in_rows_of_half_a_year() {
        let day = |n: usize| DayAt {
            weekday: n % 7,
            month: "Dec".to_owned(),
            names_month: n == 0,
            count: n as u32 % 5,
            is_marked: n == 3,
        };
        let days: Vec<DayAt> = (0..364).map(day).collect();
        let got = calendar("c", "C", "D", &days, Vec::new());
        assert_eq!(got.shapes.len(), 364);
        assert_eq!(got.shapes.iter().filter(|s| s.class.contains("chart-marked")).count(), 1);
        assert!(got.shapes.iter().all(|s| s.x.parse::<f64>().unwrap() + 10.0 < CHART_WIDTH));
        let rows: std::collections::BTreeSet<&str> =
            got.shapes.iter().map(|s| s.y.as_str()).collect();
        assert_eq!(rows.len(), 14);
    }

    #[test]
    fn figures_have_as_many_digits_as_mean_something() {
        let told = [0.0, 12.0, 0.051, 3.25, 1234.5, 0.5].map(figure);
        assert_eq!(told, ["0", "12", "0.05", "3.2", "1234", "0.5"]);
    }
}
