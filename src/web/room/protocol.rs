//! The words on the wire, as closed lists. What is not written here is refused; nothing is
//! forwarded as raw text, so one browser can never send the other a message of its own invention.

use serde::{Deserialize, Serialize};

/// Longest frame a client may send, in bytes.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Longest session description, in bytes. Chromium's offers for one camera are about 6 KiB.
pub const SDP_BYTES_MAX: usize = 48 * 1024;
/// Longest ICE candidate line, in bytes.
pub const CANDIDATE_BYTES_MAX: usize = 1024;
/// Longest `sdp_mid` and `username_fragment`, in bytes (RFC 8839 allows 256 for the latter).
pub const TOKEN_BYTES_MAX: usize = 256;

/// The two seats of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Employee,
    Verifier,
}

impl Side {
    /// The other seat.
    pub const fn other(self) -> Side {
        match self {
            Side::Employee => Side::Verifier,
            Side::Verifier => Side::Employee,
        }
    }

    /// Whether this side gives way when both make an offer at once (W3C WebRTC, "perfect
    /// negotiation"). The verifier is impolite and makes the first offer.
    pub const fn is_polite(self) -> bool {
        matches!(self, Side::Employee)
    }
}

/// A short random name: 8 to 32 lower-case hexadecimal digits chosen by a browser. One is made for each page load
/// (so that a reconnecting page is told from a second tab), one for each round of negotiation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PageId(String);

/// One attempt of the browsers to connect, from a fresh peer connection on; named by the verifier's page.
pub type RoundId = PageId;

impl From<PageId> for String {
    fn from(id: PageId) -> String {
        id.0
    }
}

impl TryFrom<String> for PageId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<PageId, &'static str> {
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if (8..=32).contains(&text.len()) && is_hex {
            return Ok(PageId(text));
        }
        Err("expected 8 to 32 lower-case hexadecimal digits")
    }
}

/// Where in the room a page met a difficulty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleStep {
    Camera,
    Microphone,
    /// The two browsers could not reach each other.
    Connection,
    /// Connected, and yet no picture arrived.
    Media,
}

/// What the difficulty was, as the browser named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleError {
    NotAllowed,
    NotFound,
    NotReadable,
    /// The browser offers no camera access at all.
    Unsupported,
    IceFailed,
    NothingReceived,
    Other,
}

/// One ICE candidate as browsers write it (RFC 8839). An empty `candidate` marks the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    pub candidate: String,
    pub sdp_mid: Option<String>,
    pub sdp_m_line_index: Option<u16>,
    pub username_fragment: Option<String>,
}

/// What a page may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    Offer {
        round: RoundId,
        sdp: String,
    },
    Answer {
        round: RoundId,
        sdp: String,
    },
    Candidate {
        round: RoundId,
        candidate: Candidate,
    },
    /// The polite side misses an offer: it has no round, or this one does not come up.
    Again {
        round: Option<RoundId>,
    },
    /// What was received of the other side since the last report.
    Receiving {
        frames_decoded: u64,
        bytes: u64,
    },
    Trouble {
        step: TroubleStep,
        error: TroubleError,
    },
    /// Leaving on purpose.
    Bye {},
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// First message of every connection.
    Welcome {
        polite: bool,
        peer: Option<PageId>,
        now_ms: i64,
    },
    PeerJoined {
        peer: PageId,
    },
    /// `on_purpose` is true where the other person pressed *leave*.
    PeerLeft {
        on_purpose: bool,
    },
    Offer {
        round: RoundId,
        sdp: String,
    },
    Answer {
        round: RoundId,
        sdp: String,
    },
    Candidate {
        round: RoundId,
        candidate: Candidate,
    },
    Again {
        round: Option<RoundId>,
    },
    /// To the verifier: this many tasks are drawn, and so many of them revealed.
    Tasks {
        total: u8,
        revealed: u8,
    },
    /// The next challenge, shown to both sides at the same moment.
    Challenge {
        /// Counts from 1.
        position: u8,
        total: u8,
        /// The catalogue's code, kebab-case.
        code: String,
        title: String,
        text: String,
        /// The equal alternative, one tap away.
        alternative: Option<String>,
        /// What the verifier looks for; never sent to the employee.
        #[serde(skip_serializing_if = "Option::is_none")]
        look_for: Option<String>,
    },
    /// The challenge at this position is over; its card goes away.
    ChallengeOver {
        position: u8,
    },
    /// How far the picture of a first session has come: `offered`, `agreed`, `another`, `none`.
    Still {
        state: String,
    },
    /// A plain sentence for the page to show.
    Notice {
        text: String,
    },
    /// The session is over; the page goes on to `next`, a path of this site.
    Ended {
        next: Option<String>,
    },
    /// Every five seconds: the server's time, and a sign that the line is alive.
    Beat {
        now_ms: i64,
    },
}

/// Why the server closes a socket (RFC 6455 section 7.4.2: 4000-4999 are private).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// This instance stops; connect again. The registered code 1001.
    GoingAway,
    /// The session is over.
    Ended,
    /// The same person opened the room somewhere else.
    Replaced,
    /// Somebody else already has this seat.
    SeatTaken,
    /// Not JSON, not a known message, an unknown field or a wrong type.
    NotUnderstood,
    TooLarge,
    TooFast,
    /// The page did not take what we sent.
    TooSlow,
    /// Nothing heard for too long.
    Silent,
    /// The page said *bye*.
    Bye,
}

impl CloseCode {
    /// Every code, for the page's list of sentences and for tests.
    pub const ALL: [CloseCode; 10] = [
        CloseCode::GoingAway,
        CloseCode::Ended,
        CloseCode::Replaced,
        CloseCode::SeatTaken,
        CloseCode::NotUnderstood,
        CloseCode::TooLarge,
        CloseCode::TooFast,
        CloseCode::TooSlow,
        CloseCode::Silent,
        CloseCode::Bye,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        match self {
            CloseCode::GoingAway => 1001,
            CloseCode::Bye => 1000,
            CloseCode::Ended => 4000,
            CloseCode::Replaced => 4001,
            CloseCode::SeatTaken => 4002,
            CloseCode::NotUnderstood => 4003,
            CloseCode::TooLarge => 4004,
            CloseCode::TooFast => 4005,
            CloseCode::TooSlow => 4006,
            CloseCode::Silent => 4007,
        }
    }

    /// The word that goes along with the number.
    pub const fn word(self) -> &'static str {
        match self {
            CloseCode::GoingAway => "going-away",
            CloseCode::Bye => "bye",
            CloseCode::Ended => "ended",
            CloseCode::Replaced => "replaced",
            CloseCode::SeatTaken => "seat-taken",
            CloseCode::NotUnderstood => "not-understood",
            CloseCode::TooLarge => "too-large",
            CloseCode::TooFast => "too-fast",
            CloseCode::TooSlow => "too-slow",
            CloseCode::Silent => "silent",
        }
    }
}

/// Reads one frame: size first, then shape, then the size of each part.
pub fn parse(frame: &str) -> Result<ClientMessage, CloseCode> {
    if frame.len() > FRAME_BYTES_MAX {
        return Err(CloseCode::TooLarge);
    }
    let message = serde_json::from_str(frame).map_err(|_| CloseCode::NotUnderstood)?;
    let fits = match &message {
        ClientMessage::Offer { sdp, .. } | ClientMessage::Answer { sdp, .. } => {
            sdp.len() <= SDP_BYTES_MAX
        }
        ClientMessage::Candidate { candidate, .. } => candidate_fits(candidate),
        ClientMessage::Again { .. }
        | ClientMessage::Receiving { .. }
        | ClientMessage::Trouble { .. }
        | ClientMessage::Bye {} => true,
    };
    if fits { Ok(message) } else { Err(CloseCode::TooLarge) }
}

fn candidate_fits(candidate: &Candidate) -> bool {
    let short = |token: &Option<String>| token.as_ref().is_none_or(|t| t.len() <= TOKEN_BYTES_MAX);
    candidate.candidate.len() <= CANDIDATE_BYTES_MAX
        && short(&candidate.sdp_mid)
        && short(&candidate.username_fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back_as_it_was_written() {
        let frame = r#"{"type":"candidate","round":"00ff00ff","candidate":{"candidate":"candidate:1 1 udp 1 127.0.0.1 9 typ host","sdp_mid":"0","sdp_m_line_index":0,"username_fragment":"ab"}}"#;
        let message = parse(frame).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), frame);
    }

    #[test]
    fn what_is_not_in_the_list_is_not_understood() {
        let refused = [
            "",
            "hello",
            "null",
            "[]",
            r#"{"type":"shout","text":"x"}"#,
            r#"{"type":"bye","why":"extra field"}"#,
            r#"{"type":"offer","sdp":"v=0"}"#,
            r#"{"type":"offer","round":"00ff00ff","sdp":"v=0","role":"verifier"}"#,
            r#"{"type":"offer","round":"NOT-HEX!","sdp":"v=0"}"#,
            r#"{"type":"offer","round":"00ff","sdp":"v=0"}"#,
            r#"{"type":"receiving","frames_decoded":-1,"bytes":0}"#,
            r#"{"type":"receiving","frames_decoded":1.5,"bytes":0}"#,
            r#"{"type":"trouble","step":"camera","error":"because"}"#,
            r#"{"type":"candidate","round":"00ff00ff","candidate":{"candidate":"","url":"x"}}"#,
            r#"{"type":"challenge","position":1}"#,
            r#"{"type":"tasks","total":3,"revealed":3}"#,
            r#"{"type":"again","round":"now"}"#,
        ];
        for frame in refused {
            assert_eq!(parse(frame), Err(CloseCode::NotUnderstood), "{frame}");
        }
    }

    #[test]
    fn each_part_has_its_own_limit() {
        let offer = |n: usize| {
            format!(r#"{{"type":"offer","round":"00ff00ff","sdp":"{}"}}"#, "x".repeat(n))
        };
        assert!(parse(&offer(SDP_BYTES_MAX)).is_ok());
        assert_eq!(parse(&offer(SDP_BYTES_MAX + 1)), Err(CloseCode::TooLarge));
        assert_eq!(parse(&offer(FRAME_BYTES_MAX)), Err(CloseCode::TooLarge));
        let long = "x".repeat(CANDIDATE_BYTES_MAX + 1);
        let frame = format!(
            r#"{{"type":"candidate","round":"00ff00ff","candidate":{{"candidate":"{long}","sdp_mid":null,"sdp_m_line_index":null,"username_fragment":null}}}}"#
        );
        assert_eq!(parse(&frame), Err(CloseCode::TooLarge));
    }

    #[test]
    fn close_codes_are_distinct() {
        let numbers: std::collections::BTreeSet<u16> =
            CloseCode::ALL.iter().map(|c| c.number()).collect();
        let words: std::collections::BTreeSet<&str> =
            CloseCode::ALL.iter().map(|c| c.word()).collect();
        assert_eq!((numbers.len(), words.len()), (CloseCode::ALL.len(), CloseCode::ALL.len()));
    }
}
