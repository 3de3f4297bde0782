//! `renderer-software`: no graphics hardware drew the page.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::gathered::RendererClass;
use crate::msg;

/// For HR: the page was drawn without graphics hardware, as on virtual and remote desktops. Browsers
/// also do it after a crash of a driver, so it changes no outcome and only helps to read other
/// findings. A computer driven through a KVM box looks ordinary here.
pub const RULE: Rule = Rule {
    id: "renderer-software",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Low],
    confidence: Confidence::Measured,
    about: msg!(
        "The page was drawn by the processor or by a virtual machine's graphics, as on virtual \
            and remote desktops. It changes no outcome by itself."
    ),
    benign_causes: &[
        msg!("a virtual desktop of the company"),
        msg!("a driver that the browser has blocked"),
        msg!("hardware acceleration that was switched off"),
    ],
    settled_by: msg!(
        "IT's word on whether the person works on a virtual desktop; one check-in from \
                 the computer itself."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let drawn = match context.surroundings.device.renderer {
        None | Some(RendererClass::Hardware) => return vec![],
        Some(class) => class,
    };
    let evidence = vec![text(msg!("renderer"), drawn.code(), msg!("page"), context.readings.at)];
    let employee = msg!(
        "Your browser draws without graphics hardware, as on a virtual desktop. That is \
                    noted and changes nothing."
    );
    let reviewer = match drawn {
        RendererClass::VirtualMachine => {
            msg!("The page was drawn by a virtual machine's graphics.")
        }
        _ => msg!("The page was drawn without graphics hardware."),
    };
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;

    #[test]
    fn examples() {
        assert!(run(&RULE, &at_home()).is_empty(), "a browser that does not say");
        for class in RendererClass::ALL {
            let session = at_home().around(|s| s.device.renderer = Some(*class));
            let raised = *class != RendererClass::Hardware;
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class}");
        }
    }
}
