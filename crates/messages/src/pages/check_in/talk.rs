//! The steps at the time itself: wait, and the room.

use super::{CheckInHead, StepName, hostile_head, sample_head};
use crate::pages::{Moment, PageFrame, Row, StandingNote, samples};
use crate::render::Template;
use serde::Serialize;

/// Step 4.
#[derive(Debug, Clone, Serialize)]
pub struct Wait {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Who comes, where that is not as planned.
    pub standing: StandingNote,
    /// When the room opens.
    pub opens: Moment,
    pub opens_ms: i64,
    /// Whether it is open.
    pub open: bool,
    /// Last moment at which joining is in time.
    pub join_until: Moment,
    /// Last moment at which joining is late, not missed.
    pub grace_until: Moment,
    /// What was done so far: three short rows.
    pub so_far: Vec<Row>,
}

/// Step 5: the room.
#[derive(Debug, Clone, Serialize)]
pub struct Talk {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Who comes, where that is not as planned.
    pub standing: StandingNote,
    /// Path of the signalling socket, `/room/{id}/socket`.
    pub socket: String,
    /// ICE servers as JSON, for `RTCPeerConnection`.
    pub ice_json: String,
    /// Whether both ends learn each other's network address (no relay is demanded).
    pub direct: bool,
    /// Whether a picture may be taken, if they agree.
    pub takes_still: bool,
}

impl Template for Wait {
    const NAME: &'static str = "pages/check_in/wait";

    fn samples() -> Vec<Wait> {
        let usual = Wait {
            frame: samples::employee("Waiting for your check-in")
                .with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Wait),
            standing: sample_standing(""),
            opens: samples::at(8),
            opens_ms: samples::ms(8),
            open: false,
            join_until: samples::at(23),
            grace_until: samples::at(28),
            so_far: vec![
                Row::new("Notice 2026-01", "read at 14:19"),
                Row::new("Camera and sound", "work"),
                Row::new("Place", "shared, inside Home, Leipzig"),
            ],
        };
        let open =
            Wait { open: true, opens: samples::at(-1), opens_ms: samples::ms(-1), ..usual.clone() };
        let looking = Wait {
            standing: sample_standing(
                "The person you were to meet cannot come. Somebody else will, usually within a minute.",
            ),
            ..open.clone()
        };
        let hostile = Wait {
            check_in: hostile_head(StepName::Wait),
            standing: sample_standing(samples::HOSTILE),
            so_far: vec![Row::new("Place", samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, open, looking, hostile]
    }
}

fn sample_standing(text: &str) -> StandingNote {
    StandingNote::of(&format!("/check-ins/{}/standing", samples::ID), text.to_owned(), true)
}

impl Template for Talk {
    const NAME: &'static str = "pages/check_in/talk";

    fn samples() -> Vec<Talk> {
        let usual = Talk {
            frame: samples::employee("Your check-in").with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Talk),
            standing: sample_standing(""),
            socket: format!("/room/{}/socket", samples::ID),
            ice_json: r#"[{"urls":["stun:stun.acme.example:3478"]}]"#.to_owned(),
            direct: true,
            takes_still: true,
        };
        vec![
            usual.clone(),
            Talk {
                check_in: hostile_head(StepName::Talk),
                ice_json: samples::HOSTILE.to_owned(),
                direct: false,
                takes_still: false,
                ..usual
            },
        ]
    }
}
