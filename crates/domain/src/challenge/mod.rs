//! Challenges: small live tasks that are drawn when both sides are in the room.
//!
//! The catalogue is data (`crates/domain/data/challenges/`), the draw is keyed and can be
//! recomputed, the answers are a closed list. There is no answer for how somebody seemed.

mod catalogue;
mod draw;
pub mod phone;
mod sky;
pub mod statistics;
pub mod sun;

pub use catalogue::{Catalogue, OWN_PREFIX, Parameter, Template, catalogue};
pub use draw::{
    CHALLENGES_PER_SESSION, DrawnChallenge, GROUPS, Occasion, draw_challenges, group_of, open_to,
};
pub use sky::hint as sky_hint;

use crate::msg;

/// Where a second device goes; stands in the instruction of a task with a phone's code.
pub const PHONE_PAGE: &str = "{phone_page}";
/// What is typed there, once.
pub const PHONE_CODE: &str = "{phone_code}";

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
    /// A set-up that a challenge makes hard.
    pub enum SetUp {
        /// The work laptop is in another country.
        LaptopAbroad = "laptop_abroad",
        /// The work laptop stands in somebody's house and is worked from afar.
        LaptopFarm = "laptop_farm",
        /// Somebody else sits before the camera.
        StandIn = "stand_in",
        /// A face is put over another.
        FaceSwap = "face_swap",
        VoiceChanger = "voice_changer",
        /// A recording plays in place of a camera.
        RecordedVideo = "recorded_video",
        /// The person is real, and others do the work.
        RentedIdentity = "rented_identity",
    }
}

impl SetUp {
    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            SetUp::LaptopAbroad => msg!("a laptop in another country"),
            SetUp::LaptopFarm => msg!("a laptop worked from afar"),
            SetUp::StandIn => msg!("a stand-in"),
            SetUp::FaceSwap => msg!("a face put over another"),
            SetUp::VoiceChanger => msg!("a changed voice"),
            SetUp::RecordedVideo => msg!("a recording"),
            SetUp::RentedIdentity => msg!("a rented identity"),
        }
    }
}

words! {
    /// What must be at hand for a challenge.
    pub enum Equipment {
        Paper = "paper",
        /// Any cup, mug or small thing.
        Object = "object",
        /// A lamp, or the light of a phone.
        Light = "light",
        Microphone = "microphone",
        Window = "window",
        SecondDevice = "second_device",
        WorkLaptop = "work_laptop",
        SecurityKey = "security_key",
    }
}

impl Equipment {
    /// The accommodation that says it is not there, where one does.
    pub const fn absent(self) -> Option<Accommodation> {
        match self {
            Equipment::Window => Some(Accommodation::NoWindow),
            Equipment::SecondDevice => Some(Accommodation::NoSecondDevice),
            Equipment::Microphone => Some(Accommodation::NoSpeech),
            _ => None,
        }
    }

    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Equipment::Paper => msg!("paper and a pen"),
            Equipment::Object => msg!("a cup"),
            Equipment::Light => msg!("a lamp"),
            Equipment::Microphone => msg!("a microphone"),
            Equipment::Window => msg!("a window"),
            Equipment::SecondDevice => msg!("a phone"),
            Equipment::WorkLaptop => msg!("the work laptop"),
            Equipment::SecurityKey => msg!("a registered key"),
        }
    }
}

words! {
    /// What the service adds to a challenge when it is shown.
    pub enum Aid {
        /// Where the sun should be at the declared place: a hint to the verifier.
        Sun = "sun",
        /// A code that moves on a second device.
        PhoneCode = "phone_code",
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
        NoWindow = "no_window",
        NoRoomView = "no_room_view",
        NewToThePlace = "new_to_the_place",
    }
}

impl Accommodation {
    /// In the words of a form.
    pub const fn text(self) -> &'static str {
        match self {
            Accommodation::NoHandMovement => msg!("Nothing that needs a hand"),
            Accommodation::NoHeadMovement => msg!("Nothing that needs turning the head"),
            Accommodation::NoFacialExpression => {
                msg!("Nothing that needs an expression of the face")
            }
            Accommodation::NoStanding => msg!("Nothing that needs standing up or moving about"),
            Accommodation::NoSpeech => msg!("Answers are written or signed"),
            Accommodation::NoHearing => msg!("Questions are written or signed"),
            Accommodation::LowVision => msg!("Nothing that needs reading or looking"),
            Accommodation::NoBrightLight => msg!("Nothing with a bright light"),
            Accommodation::HeadCovered => msg!("The head stays covered"),
            Accommodation::NoSecondDevice => msg!("There is no phone or second device"),
            Accommodation::NoWindow => msg!("There is no window where they work"),
            Accommodation::NoRoomView => msg!("The room is not shown"),
            Accommodation::NewToThePlace => msg!("They do not know the place yet"),
        }
    }

    /// What a verifier must know to talk with the person at all. Everything else only keeps cards
    /// away, and nobody is told why one was not drawn.
    pub const fn for_verifier(self) -> Option<&'static str> {
        match self {
            Accommodation::NoSpeech => Some(msg!("Answers may be written or signed.")),
            Accommodation::NoHearing => Some(msg!("Write the questions, or sign them.")),
            Accommodation::LowVision => {
                Some(msg!("Say everything aloud; nothing that needs reading."))
            }
            Accommodation::HeadCovered => Some(msg!("The head stays covered; that is fine.")),
            _ => None,
        }
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
            Artefact::EdgeFlicker => msg!("The edge of jaw or hair flickers."),
            Artefact::FeaturesSlide => {
                msg!("Eyes, nose or mouth slide when something covers them.")
            }
            Artefact::ObjectMerges => msg!("A finger or an object melts into the face."),
            Artefact::ProfileSmears => msg!("Glasses, teeth or ear smear when seen from the side."),
            Artefact::LightDoesNotFollow => msg!("Light on the face does not follow the room."),
            Artefact::LipsLate => msg!("Lips and voice do not go together."),
            Artefact::FaceFreezes => msg!("The face stands still while the rest moves."),
            Artefact::BackgroundWarps => msg!("The background bends around the head."),
            Artefact::SharpnessDiffers => msg!("Face and neck differ in sharpness or colour."),
        }
    }
}
