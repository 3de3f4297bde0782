//! `camera-virtual`: the picture came out of a program.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::gathered::CameraClass;
use crate::msg;

/// For HR: the camera in use when the person tried it was a program that can show anything. Many
/// people use one for captions, lighting or a telephone as camera. One that is installed and not in
/// use is not looked at, and which program it was is not kept.
pub const RULE: Rule = Rule {
    id: "camera-virtual",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Medium],
    confidence: Confidence::Measured,
    about: msg!(
        "The camera in use was a program that presents itself as a camera. Programs that are \
            only installed are not looked at."
    ),
    benign_causes: &[
        msg!("a program for lighting, captions or background blur"),
        msg!("a telephone used as camera"),
        msg!("a recording program that was left chosen"),
    ],
    settled_by: msg!(
        "The name of the program and who asked for it, or one meeting with the built-in \
                 camera."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    if context.surroundings.device.camera != Some(CameraClass::Virtual) {
        return vec![];
    }
    let class = CameraClass::Virtual.code();
    let evidence = vec![text(msg!("camera"), class, msg!("page"), context.readings.at)];
    let employee = msg!(
        "Your picture came through a program that acts as a camera. Please choose the \
                    camera itself next time, or tell us why you need the program."
    );
    let reviewer = msg!("The picture came through a program that acts as a camera.");
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;

    #[test]
    fn examples() {
        for (camera, raised) in [
            (None, false),
            (Some(CameraClass::Ordinary), false),
            (Some(CameraClass::Virtual), true),
        ] {
            let session = at_home().around(|s| s.device.camera = camera);
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{camera:?}");
        }
    }
}
