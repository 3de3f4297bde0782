//! The fields of a line, once: the check, the schema and the guide follow this table.

use std::fmt::Write;

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub is_required: bool,
    /// For the schema and the guide.
    pub about: &'static str,
}

/// What a value must look like. Every value may be `null`, which is the same as absent, unless its
/// field is required.
#[derive(Debug)]
pub enum Shape {
    /// Text or a whole number, given back as it came.
    Id,
    /// RFC 3339 with an offset.
    Instant,
    /// The same, or a date.
    InstantOrDate,
    Number {
        min: f64,
        max: f64,
    },
    /// A whole number from 0 on.
    Whole {
        max: u32,
    },
    Flag,
    Text,
    /// ISO 3166-1 alpha-2.
    Country,
    /// ISO 3166-1 alpha-2 or ISO 3166-2.
    RegionCode,
    /// A name of the IANA time-zone database.
    Zone,
    /// An IPv4 or IPv6 address.
    Address,
    Word(&'static [&'static str]),
    Object(&'static [Field]),
    List(&'static Shape),
}

const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, is_required: false, about }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, is_required: true, about }
}

/// Degrees of a place that must exist.
const LATITUDE: Shape = Shape::Number { min: -90.0, max: 90.0 };
const LONGITUDE: Shape = Shape::Number { min: -180.0, max: 180.0 };
/// Whatever a device may report: what cannot be a place becomes a finding, not a fault of the line.
const REPORTED: Shape = Shape::Number { min: f64::MIN, max: f64::MAX };
const FROM_ZERO: Shape = Shape::Number { min: 0.0, max: f64::MAX };

/// One line.
pub const LINE: &[Field] = &[
    required("id", Shape::Id, "Comes back with the result."),
    required("at", Shape::Instant, "When the evidence was captured."),
    optional("declared", Shape::Object(DECLARED), "The declared work place."),
    optional("claim", Shape::Object(CLAIM), "The place the page reported."),
    optional("browser_time_zone", Shape::Zone, "Legacy names such as Asia/Calcutta are as good."),
    optional("network", Shape::Object(NETWORK), "The line the page was loaded over."),
    optional("server", Shape::Object(SERVER), "Where the measuring server stands."),
    optional("rtt", Shape::Object(RTT), "Shortest round trips."),
    optional("previous", Shape::Object(PREVIOUS), "Another attested position of the person."),
    optional("context", Shape::Object(CONTEXT), "What the organisation knows and configured."),
];

const DECLARED: &[Field] = &[
    optional("lat", LATITUDE, "Degrees, WGS 84."),
    optional("lon", LONGITUDE, "Degrees, WGS 84."),
    optional("radius_km", FROM_ZERO, "Tolerance around the point; 50 if absent."),
    optional("country", Shape::Country, "If absent, that of the point."),
    optional("time_zone", Shape::Zone, "If absent, that of the point."),
];

const CLAIM: &[Field] = &[
    optional(
        "status",
        Shape::Word(&["ok", "denied", "unavailable", "timeout"]),
        "What came of asking; only `ok` is a place.",
    ),
    optional("lat", REPORTED, "Degrees as reported; out of -90 to 90 is a finding."),
    optional("lon", REPORTED, "Degrees as reported; out of -180 to 180 is a finding."),
    optional("accuracy_m", FROM_ZERO, "95 % radius in metres; unknown accuracy counts as poor."),
    optional("country", Shape::Country, "Overrides the polygons."),
    optional("time_zone", Shape::Zone, "Overrides the polygons."),
];

const NETWORK: &[Field] = &[
    optional("ip", Shape::Address, "Looked up for what is absent below; not kept."),
    optional("asn", Shape::Whole { max: u32::MAX }, "Autonomous system number."),
    optional("org", Shape::Text, "Who runs it."),
    optional("country", Shape::Country, "Country of the address."),
    optional("lat", LATITUDE, "Degrees, WGS 84, of the address."),
    optional("lon", LONGITUDE, "Degrees, WGS 84, of the address."),
    optional(
        "class",
        Shape::Word(&[
            "residential",
            "business",
            "mobile",
            "satellite",
            "hosting",
            "vpn",
            "tor",
            "relay",
            "corporate_egress",
            "private",
        ]),
        "Kind of line; `relay` is a published privacy relay.",
    ),
];

const SERVER: &[Field] = &[
    optional("lat", LATITUDE, "Degrees, WGS 84."),
    optional("lon", LONGITUDE, "Degrees, WGS 84."),
];

const RTT: &[Field] = &[
    optional("tcp_min_ms", FROM_ZERO, "Of the connection (`tcpi_min_rtt`), in milliseconds."),
    optional("app_min_ms", FROM_ZERO, "Of the page, timed by the server, in milliseconds."),
];

const PREVIOUS: &[Field] = &[
    optional("at", Shape::Instant, "When it was captured."),
    optional("lat", LATITUDE, "Degrees, WGS 84."),
    optional("lon", LONGITUDE, "Degrees, WGS 84."),
    optional("accuracy_m", FROM_ZERO, "95 % radius in metres; without it no journey is judged."),
];

const CONTEXT: &[Field] = &[
    optional(
        "approved_travel",
        Shape::List(&Shape::Object(TRAVEL)),
        "Trips that excuse place, country and clock, never speed. What a trip gives must fit.",
    ),
    optional("extra_places", Shape::List(&Shape::Object(DECLARED)), "Further declared places."),
    optional(
        "corporate_egress_asn",
        Shape::List(&Shape::Whole { max: u32::MAX }),
        "Autonomous systems that are the employer's own way out; the address then says nothing.",
    ),
    optional("trusted_proxy", Shape::Flag, "Our own proxy ends the connection."),
    optional(
        "sanctioned_regions",
        Shape::List(&Shape::RegionCode),
        "Countries and regions from which nobody may work; none if absent.",
    ),
];

const TRAVEL: &[Field] = &[
    optional("country", Shape::Country, "The claim must lie in it."),
    optional("lat", LATITUDE, "The claim must lie around it."),
    optional("lon", LONGITUDE, "The claim must lie around it."),
    optional("radius_km", FROM_ZERO, "Tolerance around the point; 50 if absent."),
    optional("from", Shape::InstantOrDate, "First instant, or day at the offset of `at`."),
    optional("to", Shape::InstantOrDate, "Last instant, or day at the offset of `at`."),
];

impl Shape {
    /// What would be accepted, within a sentence.
    pub(super) fn accepted(&self) -> String {
        match self {
            Shape::Id => "text or a whole number".into(),
            Shape::Instant => "an instant with its offset such as 2026-06-01T09:30:00-05:00".into(),
            Shape::InstantOrDate => {
                "a date such as 2026-06-01 or an instant with its offset".into()
            }
            Shape::Number { min, max } if *min == f64::MIN && *max == f64::MAX => "a number".into(),
            Shape::Number { min, max } if *max == f64::MAX => format!("a number from {min} on"),
            Shape::Number { min, max } => format!("a number from {min} to {max}"),
            Shape::Whole { max } => format!("a whole number from 0 to {max}"),
            Shape::Flag => "true or false".into(),
            Shape::Text => "text".into(),
            Shape::Country => "two letters of ISO 3166-1 such as NL".into(),
            Shape::RegionCode => "a code of ISO 3166 such as NL or UA-43".into(),
            Shape::Zone => "a name of the IANA time-zone database such as Europe/Amsterdam".into(),
            Shape::Address => "an IPv4 or IPv6 address".into(),
            Shape::Word(words) => words.join(", "),
            Shape::Object(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                format!("an object with {}", names.join(", "))
            }
            Shape::List(items) => format!("a list, each {}", items.accepted()),
        }
    }
}

/// The table as Markdown, for the guide.
pub fn fields_guide() -> String {
    let mut guide = String::from("| field | accepted | meaning |\n| --- | --- | --- |\n");
    rows(LINE, "", &mut guide);
    guide
}

fn rows(fields: &[Field], within: &str, guide: &mut String) {
    for field in fields {
        let path = format!("{within}{}", field.name);
        let (inner, path) = match &field.shape {
            Shape::Object(inner) => (Some(*inner), path),
            Shape::List(Shape::Object(inner)) => (Some(*inner), format!("{path}[]")),
            Shape::List(_) => (None, format!("{path}[]")),
            _ => (None, path),
        };
        let accepted = match (&field.shape, inner) {
            (_, Some(_)) => "object".into(),
            (Shape::List(items), None) => items.accepted(),
            (shape, None) => shape.accepted(),
        };
        let must = if field.is_required { ", required" } else { "" };
        let _ = writeln!(guide, "| `{path}` | {accepted}{must} | {} |", field.about);
        rows(inner.unwrap_or_default(), &format!("{path}."), guide);
    }
}
