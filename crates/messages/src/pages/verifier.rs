//! The verifier's pages: a day of stand-by times without names, the name at the join window, the
//! room with the form in one column, and the end.

use super::note_openings::NOTE_OPENINGS;
use super::{Choices, Moment, PageFrame, Row, StandingNote, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::check_in::Presence;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /verifier`: times only. A name is in no context before the join window.
#[derive(Debug, Clone, Serialize)]
pub struct Day {
    pub frame: PageFrame,
    /// E.g. `Tuesday 3 March`.
    pub date: String,
    /// Stand-by spans, e.g. `09:00 to 12:00`.
    pub stand_by: Vec<String>,
    /// What is known by now, in order of time: announced sessions and ones that are over.
    pub sessions: Vec<Session>,
    /// How many sessions a day at most.
    pub cap: u16,
    /// Why a session may be handed on, by one click.
    pub reasons: Vec<CannotCome>,
    pub standing: StandingNote,
}

/// One reason a session may be handed on for.
#[derive(Debug, Clone, Serialize)]
pub struct CannotCome {
    /// Sent as `why`.
    pub value: String,
    pub label: String,
}

/// One session of the day.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// The check-in's id.
    pub id: String,
    /// Local clock only, e.g. `14:35`.
    pub clock: String,
    /// E.g. `about 5 minutes, in English`.
    pub detail: String,
    pub state: StateWord,
    /// Whether the join window has begun and the session may be opened.
    pub may_open: bool,
    /// Whether it can still be handed on: posts to `/verifier/sessions/{id}/cannot-come`.
    pub may_hand_on: bool,
    /// E.g. that somebody else was asked, or that it is in somebody's place.
    pub note: Option<String>,
}

/// `GET /verifier/sessions/{id}`: at the join window, before going in.
#[derive(Debug, Clone, Serialize)]
pub struct Join {
    pub frame: PageFrame,
    /// The check-in's id.
    pub id: String,
    pub person_name: String,
    pub start: Moment,
    /// UTC milliseconds.
    pub start_ms: i64,
    /// The short code, to read to the person when asked.
    pub code: String,
    pub facts: Vec<Row>,
    /// What is needed of this session, as sentences.
    pub needs: Vec<String>,
    /// How the tasks are to be adapted; functional words only, no diagnosis.
    pub accommodations: Vec<String>,
    /// Why this session is due, where it was not drawn.
    pub note: Option<String>,
    /// That they stand in, or that somebody else was asked because they were late.
    pub in_place: Option<String>,
    pub reasons: Vec<CannotCome>,
    pub standing: StandingNote,
}

/// `GET /verifier/sessions/{id}/room`. The form posts to `.../form`: `challenge_{n}`,
/// `artefact_{n}` (several), `presence`, `observation` (several), `notes`.
#[derive(Debug, Clone, Serialize)]
pub struct Room {
    pub frame: PageFrame,
    pub id: String,
    pub person_name: String,
    pub code: String,
    pub start: Moment,
    pub start_ms: i64,
    /// Path of the signalling socket.
    pub socket: String,
    /// ICE servers as JSON.
    pub ice_json: String,
    /// Whether both ends learn each other's network address (no relay is demanded).
    pub direct: bool,
    /// Whether there is a reference still, served at `.../reference-still`.
    pub has_reference: bool,
    /// Whether a picture is taken in this session.
    pub takes_still: bool,
    /// What to say first, word for word.
    pub opening: String,
    /// As many as the policy asks for, in the drawn order; empty cards before they are drawn.
    pub challenges: Vec<ChallengeCard>,
    /// Whether the tasks are drawn.
    pub drawn: bool,
    /// The code of the person's second device, while a task needs one.
    pub phone: StandingNote,
    pub presence: Choices,
    /// Sent as `passkey`.
    pub passkey: Choices,
    /// Sent as `observation` (several).
    pub observations: Choices,
    pub notes: TextArea,
    /// Sentences a note may begin with.
    pub note_openings: [&'static str; 8],
    /// The neutral closing text, word for word.
    pub closing: String,
    /// Asking for a second opinion; absent where none can be asked for.
    pub second: Option<SecondOpinion>,
}

/// Posts to `.../second-opinion`.
#[derive(Debug, Clone, Serialize)]
pub struct SecondOpinion {
    /// Sent as `view`.
    pub view: Choices,
    /// How it stands.
    pub standing: StandingNote,
}

/// The place of one challenge.
#[derive(Debug, Clone, Serialize)]
pub struct ChallengeCard {
    /// Counts from 1.
    pub number: usize,
    /// `None` until it was revealed: the page must not know a task before its turn.
    pub task: Option<RevealedTask>,
    /// Whether the card lies on the table: it was revealed, or is the next one to be.
    pub on_table: bool,
    /// Sent as `challenge_{n}`.
    pub answer: Choices,
    /// Sent as `artefact_{n}`.
    pub artefacts: Choices,
}

/// What stands on a card that was revealed.
#[derive(Debug, Clone, Serialize)]
pub struct RevealedTask {
    pub title: String,
    /// What to ask, word for word.
    pub say: String,
    /// What to look for.
    pub look_for: String,
    /// The equal alternative, word for word.
    pub alternative: String,
}

impl ChallengeCard {
    /// The answers to a challenge.
    pub fn answer_field(number: usize) -> Choices {
        Choices::one(
            &format!("challenge_{number}"),
            t!("How did it go?"),
            &[
                ("done", t!("Done"), ""),
                ("accommodated", t!("Done the other way"), ""),
                ("artefact_seen", t!("Something looked odd"), ""),
                ("refused", t!("The person would rather not"), ""),
                ("technical", t!("Could not be done for technical reasons"), ""),
            ],
        )
    }

    /// What may be seen that does not belong in a live picture.
    pub fn artefacts_field(number: usize) -> Choices {
        Choices::many(
            &format!("artefact_{number}"),
            t!("If something looked odd, what?"),
            &[
                ("edge_flicker", t!("The edge of jaw or hair flickers"), ""),
                ("features_slide", t!("Eyes, nose or mouth slide when something covers them"), ""),
                ("object_merges", t!("A finger or an object melts into the face"), ""),
                ("profile_smears", t!("Glasses, teeth or ear smear when seen from the side"), ""),
                ("light_does_not_follow", t!("Light on the face does not follow the room"), ""),
                ("lips_late", t!("Lips and voice do not go together"), ""),
                ("face_freezes", t!("The face stands still while the rest moves"), ""),
                ("background_warps", t!("The background bends around the head"), ""),
                ("sharpness_differs", t!("Face and neck differ in sharpness or colour"), ""),
            ],
        )
    }
}

impl Room {
    /// The presence question. Without a reference still the first answer is not offered.
    pub fn presence_field(has_reference: bool) -> Choices {
        let all = [
            (Presence::Confirmed, t!("This is the person on the reference still"), ""),
            (Presence::LivePersonSeen, t!("A live person; there is nothing to compare with"), ""),
            (
                Presence::NotConfirmed,
                t!("A live person, and I am not sure it is the same"),
                t!("Say below what made you unsure."),
            ),
            (
                Presence::DifferentPerson,
                t!("Somebody else"),
                t!(
                    "A second person looks, without knowing your answer, before anybody hears of it."
                ),
            ),
            (
                Presence::CouldNotTell,
                t!("I could not tell"),
                t!("Too dark, no picture, cut short."),
            ),
        ];
        let skip = if has_reference { Presence::LivePersonSeen } else { Presence::Confirmed };
        let offered: Vec<(&str, &str, &str)> = all
            .iter()
            .filter(|(p, ..)| *p != skip)
            .map(|(p, label, hint)| (p.code(), *label, *hint))
            .collect();
        Choices::one("presence", t!("Whom did you meet?"), &offered)
    }

    /// What the verifier thinks who asks for a second opinion.
    pub fn view_field() -> Choices {
        Choices::one(
            "view",
            t!("What do you think yourself?"),
            &[
                (Presence::NotConfirmed.code(), t!("I am not sure it is the same person"), ""),
                (Presence::DifferentPerson.code(), t!("I think it is somebody else"), ""),
                (Presence::CouldNotTell.code(), t!("I cannot tell"), ""),
            ],
        )
    }

    /// Whether a passkey was added in this session. Ticking it where none was does nothing.
    pub fn passkey_field() -> Choices {
        Choices::many(
            "passkey",
            t!("Did they add a passkey?"),
            &[(
                "watched",
                t!("I watched them add one on their own device"),
                t!("Only if they told you and you saw it happen. Leave it empty otherwise."),
            )],
        )
    }

    /// What else may be ticked. Closed on purpose: no word for mood, accent, looks or other people.
    pub fn observations_field() -> Choices {
        Choices::many(
            "observation",
            t!("Did something else not fit?"),
            &[
                ("knowledge_wrong", t!("Answers about recent work were wrong"), ""),
                ("locality_wrong", t!("Answers about the surroundings were wrong"), ""),
                ("scene_conflict", t!("The room or device shown was not the one described"), ""),
                (
                    "device_tag_differs",
                    t!("The tag on the device was another than the one on record"),
                    "",
                ),
                ("many_voices", t!("Many people spoke in calls nearby"), ""),
                ("prompted", t!("Somebody out of the picture gave the answers"), ""),
                ("seen_under_another_name", t!("I have met this person under another name"), ""),
                (
                    "assistance_agreed",
                    t!("Somebody helped, as was agreed"),
                    t!("An interpreter, a carer."),
                ),
            ],
        )
    }

    /// The notes.
    pub fn notes_field() -> TextArea {
        let area = TextArea { rows: 3, max_length: 1000, ..TextArea::new("notes", t!("Notes")) }
            .optional();
        area.hint(t!("What you saw, not what you think of it. Never health, family, or others in the picture. The person can read this."))
    }
}

/// In place of a session that is somebody else's now. No name: it may have been handed on before
/// one was told.
#[derive(Debug, Clone, Serialize)]
pub struct HandedOver {
    pub frame: PageFrame,
    pub start: Moment,
    pub since: Moment,
    /// Whether they had said so themself.
    pub said_so: bool,
    /// Whether they asked for a second opinion, which somebody gives now.
    pub second_opinion: bool,
    /// The next session, if one is announced.
    pub next: Option<Moment>,
}

/// Shown after the form was sent.
#[derive(Debug, Clone, Serialize)]
pub struct Finished {
    pub frame: PageFrame,
    pub person_name: String,
    pub recorded: Vec<Row>,
    /// The next session, if one is announced.
    pub next: Option<Moment>,
}

fn sample_reasons() -> Vec<CannotCome> {
    [("something_came_up", "Something came up"), ("not_well", "I am not well")]
        .map(|(value, label)| CannotCome { value: value.to_owned(), label: label.to_owned() })
        .to_vec()
}

fn sample_standing() -> StandingNote {
    let version = "1".to_owned();
    let url = "/verifier/standing".to_owned();
    StandingNote { url, text: String::new(), version, may_reload: true }
}

fn verifier(title: &str) -> PageFrame {
    samples::frame(title, "Jo Park", &[Role::Employee, Role::Verifier], "/verifier")
}

impl Template for Day {
    const NAME: &'static str = "pages/verifier/day";

    fn samples() -> Vec<Day> {
        let session = |clock: &str, state, may_open| Session {
            id: samples::ID.to_owned(),
            clock: clock.to_owned(),
            detail: "about 5 minutes, in English".to_owned(),
            state,
            may_open,
            may_hand_on: may_open,
            note: None,
        };
        let handed_over = Session {
            note: Some("You said that you cannot. Somebody else comes.".to_owned()),
            ..session("13:40", StateWord::new("handed over", Tone::Quiet), false)
        };
        let usual = Day {
            frame: verifier("Your sessions").with_demo(samples::demo_bar("Jo Park")),
            date: "Tuesday 3 March".to_owned(),
            stand_by: samples::strings(&["09:00 to 12:00", "13:00 to 16:00"]),
            sessions: vec![
                session("10:20", StateWord::new("form sent", Tone::Good), false),
                session("11:05", StateWord::new("nobody came", Tone::Quiet), false),
                handed_over,
                session("14:25", StateWord::new("open now", Tone::Waiting), true),
                session("15:20", StateWord::new("announced", Tone::Waiting), false),
            ],
            cap: 8,
            reasons: sample_reasons(),
            standing: sample_standing(),
        };
        let empty = Day { sessions: vec![], stand_by: vec![], ..usual.clone() };
        let mut odd =
            session(samples::HOSTILE, StateWord::new(samples::HOSTILE, Tone::Review), true);
        odd.detail = samples::HOSTILE.to_owned();
        let hostile = Day {
            frame: samples::hostile("Your sessions", &[Role::Verifier], "/verifier"),
            sessions: vec![odd],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

impl Template for Join {
    const NAME: &'static str = "pages/verifier/join";

    fn samples() -> Vec<Join> {
        let usual = Join {
            frame: verifier("Your next session").with_demo(samples::demo_bar("Jo Park")),
            id: samples::ID.to_owned(),
            person_name: "Anna Lind".to_owned(),
            start: samples::at(3),
            start_ms: samples::ms(3),
            code: "K7-RAIN".to_owned(),
            facts: vec![
                Row::new("Language", "English"),
                Row::new("Reference still", "from 12 January 2026"),
                Row::new("Room", "built in"),
            ],
            needs: samples::strings(&[
                "See the person live and compare with the still.",
                "Three challenges, drawn when both of you are in the room.",
                "The form, right after the talk. It takes a minute.",
            ]),
            accommodations: vec![],
            note: None,
            in_place: None,
            reasons: sample_reasons(),
            standing: sample_standing(),
        };
        let adapted = Join {
            accommodations: samples::strings(&[
                "Nothing that needs the left hand.",
                "Write questions in the chat as well.",
            ]),
            note: Some("A second chance after a missed check-in.".to_owned()),
            in_place: Some("You stand in for somebody who cannot come.".to_owned()),
            ..usual.clone()
        };
        let hostile = Join {
            person_name: samples::HOSTILE.to_owned(),
            accommodations: vec![samples::HOSTILE.to_owned()],
            note: Some(samples::HOSTILE.to_owned()),
            ..usual.clone()
        };
        vec![usual, adapted, hostile]
    }
}

impl Template for Room {
    const NAME: &'static str = "pages/verifier/room";

    fn samples() -> Vec<Room> {
        let card = |number, task: Option<[&str; 4]>, on_table| ChallengeCard {
            number,
            task: task.map(|[title, say, look_for, alternative]| RevealedTask {
                title: title.to_owned(),
                say: say.to_owned(),
                look_for: look_for.to_owned(),
                alternative: alternative.to_owned(),
            }),
            on_table,
            answer: ChallengeCard::answer_field(number),
            artefacts: ChallengeCard::artefacts_field(number),
        };
        let hand = [
            "Hand across the face",
            "Please pass one open hand slowly across your face, from one ear to the other.",
            "The fingers stay in front, with a clean edge.",
            "Please turn your head slowly to the left and to the right.",
        ];
        let second = |text: &str| StandingNote {
            url: format!("/verifier/sessions/{}/second-opinion", samples::ID),
            text: text.to_owned(),
            version: String::new(),
            may_reload: false,
        };
        let usual = Room {
            frame: verifier("Session").with_demo(samples::demo_bar("Jo Park")),
            id: samples::ID.to_owned(),
            person_name: "Anna Lind".to_owned(),
            code: "K7-RAIN".to_owned(),
            start: samples::at(0),
            start_ms: samples::ms(0),
            socket: format!("/room/{}/socket", samples::ID),
            ice_json: "[]".to_owned(),
            direct: true,
            has_reference: true,
            takes_still: true,
            opening: "Hello, I am Jo Park. This is your check-in with the code K7-RAIN. Nothing is recorded. I have three small things to ask, and for each there is another way.".to_owned(),
            challenges: vec![card(1, Some(hand), true), card(2, None, true), card(3, None, false)],
            drawn: true,
            phone: StandingNote {
                url: format!("/verifier/sessions/{}/phone", samples::ID),
                text: "The phone shows 4M7K now; half a minute ago it was 9QWX.".to_owned(),
                version: String::new(),
                may_reload: false,
            },
            presence: Room::presence_field(true),
            passkey: Room::passkey_field(),
            observations: Room::observations_field(),
            notes: Room::notes_field(),
            note_openings: NOTE_OPENINGS,
            closing: "Thank you, that was everything. You find what was recorded, and your receipt, on your page. Have a good day.".to_owned(),
            second: Some(SecondOpinion { view: Room::view_field(), standing: second("") }),
        };
        let early = Room {
            challenges: (1..=3).map(|number| card(number, None, false)).collect(),
            drawn: false,
            second: None,
            ..usual.clone()
        };
        let missing = "Answer whom you met. That you could not tell is a full answer";
        let faulty = Room {
            frame: verifier("Session").with_problem("presence-1", missing),
            has_reference: false,
            presence: Room::presence_field(false).chosen(&[], Some(missing)),
            second: Some(SecondOpinion {
                view: Room::view_field(),
                standing: second(
                    "Nobody could come. Send the form yourself; that you could not tell is a full answer.",
                ),
            }),
            ..usual.clone()
        };
        let hostile = Room {
            frame: samples::hostile("Session", &[Role::Verifier], "/verifier"),
            person_name: samples::HOSTILE.to_owned(),
            ice_json: samples::HOSTILE.to_owned(),
            challenges: vec![card(1, Some([samples::HOSTILE; 4]), true)],
            notes: Room::notes_field().typed(samples::HOSTILE, Some(samples::HOSTILE)),
            note_openings: NOTE_OPENINGS,
            ..usual.clone()
        };
        vec![usual, early, faulty, hostile]
    }
}

impl Template for HandedOver {
    const NAME: &'static str = "pages/verifier/handed_over";

    fn samples() -> Vec<HandedOver> {
        let usual = HandedOver {
            frame: verifier("Handed over"),
            start: samples::at(3),
            since: samples::at(-2),
            said_so: true,
            second_opinion: false,
            next: Some(samples::at(58)),
        };
        let late = HandedOver { said_so: false, next: None, ..usual.clone() };
        let second = HandedOver { said_so: false, second_opinion: true, ..usual.clone() };
        vec![usual, late, second]
    }
}

impl Template for Finished {
    const NAME: &'static str = "pages/verifier/finished";

    fn samples() -> Vec<Finished> {
        let usual = Finished {
            frame: verifier("Session over"),
            person_name: "Anna Lind".to_owned(),
            recorded: vec![
                Row::new("Talk", "14:35 to 14:40"),
                Row::new("Challenges", "2 done, 1 done the other way"),
                Row::new("Whom you met", "the person on the reference still"),
            ],
            next: Some(samples::at(58)),
        };
        let last =
            Finished { next: None, person_name: samples::HOSTILE.to_owned(), ..usual.clone() };
        vec![usual, last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_reference_still_nobody_can_be_confirmed() {
        let values = |has| -> Vec<String> {
            Room::presence_field(has).options.into_iter().map(|o| o.value).collect()
        };
        assert!(!values(false).contains(&"confirmed".to_owned()));
        assert!(!values(true).contains(&"live_person_seen".to_owned()));
        assert_eq!(values(true).len(), 4);
    }
}
