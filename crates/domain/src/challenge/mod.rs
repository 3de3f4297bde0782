//! Challenges: small live tasks that are drawn when both sides are in the room.
//!
//! The catalogue is data (`crates/domain/data/challenges.toml`), the draw is keyed and can be
//! recomputed, the answers are a closed list. There is no answer for how somebody seemed.

mod catalogue;
mod draw;

pub use catalogue::{Catalogue, Parameter, Template, catalogue};
pub use draw::{CHALLENGES_PER_SESSION, DrawnChallenge, draw_challenges, draw_from};

words! {
    /// What a challenge tests.
    pub enum ChallengeClass {
        Face = "face",
        Audio = "audio",
        Scene = "scene",
        Locality = "locality",
        Binding = "binding",
        Knowledge = "knowledge",
    }
}

words! {
    /// What a person cannot or need not do. Functional only: no diagnosis is stored.
    pub enum Accommodation {
        NoHandMovement = "no_hand_movement",
        NoHeadMovement = "no_head_movement",
        NoFacialExpression = "no_facial_expression",
        NoStanding = "no_standing",
        NoSpeech = "no_speech",
        NoHearing = "no_hearing",
        LowVision = "low_vision",
        NoBrightLight = "no_bright_light",
        HeadCovered = "head_covered",
        NoSecondDevice = "no_second_device",
        NoRoomView = "no_room_view",
        NewToThePlace = "new_to_the_place",
    }
}

words! {
    /// The verifier's answer to one challenge.
    pub enum ChallengeAnswer {
        Done = "done",
        ArtefactSeen = "artefact_seen",
        Refused = "refused",
        Technical = "technical",
        Accommodated = "accommodated",
    }
}

impl ChallengeAnswer {
    /// Whether the challenge is settled, in whatever way. A technical failure is not.
    pub const fn is_answer(self) -> bool {
        !matches!(self, ChallengeAnswer::Technical)
    }
}

words! {
    /// The tick list for `artefact_seen`.
    pub enum Artefact {
        EdgeFlicker = "edge_flicker",
        FeaturesSlide = "features_slide",
        ObjectMerges = "object_merges",
        ProfileSmears = "profile_smears",
        LightDoesNotFollow = "light_does_not_follow",
        LipsLate = "lips_late",
        FaceFreezes = "face_freezes",
        BackgroundWarps = "background_warps",
        SharpnessDiffers = "sharpness_differs",
    }
}

impl Artefact {
    /// What to look for, in the verifier's words.
    pub const fn sentence(self) -> &'static str {
        match self {
            Artefact::EdgeFlicker => "The edge of jaw or hair flickers.",
            Artefact::FeaturesSlide => "Eyes, nose or mouth slide when something covers them.",
            Artefact::ObjectMerges => "A finger or an object melts into the face.",
            Artefact::ProfileSmears => "Glasses, teeth or ear smear when seen from the side.",
            Artefact::LightDoesNotFollow => "Light on the face does not follow the room.",
            Artefact::LipsLate => "Lips and voice do not go together.",
            Artefact::FaceFreezes => "The face stands still while the rest moves.",
            Artefact::BackgroundWarps => "The background bends around the head.",
            Artefact::SharpnessDiffers => "Face and neck differ in sharpness or colour.",
        }
    }
}
