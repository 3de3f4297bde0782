//! Times a person does not want to be met: what is declared, how much is left, one form to add.

use super::{Choices, Field, PageFrame, samples};
use crate::render::Template;
use crate::t;
use serde::Serialize;

/// `GET /me/private-blocks`
#[derive(Debug, Clone, Serialize)]
pub struct PrivateBlocks {
    pub frame: PageFrame,
    pub blocks: Vec<BlockLine>,
    /// What is used and allowed, as a sentence.
    pub allowance: String,
    /// From when on a change counts, as a sentence.
    pub counts_from: String,
    /// Absent where nothing can be added.
    pub form: Option<BlockForm>,
}

/// One block.
#[derive(Debug, Clone, Serialize)]
pub struct BlockLine {
    pub id: String,
    /// E.g. `every Tuesday 14:00-15:00`.
    pub text: String,
}

/// The form. Every field keeps what was typed.
#[derive(Debug, Clone, Serialize)]
pub struct BlockForm {
    pub when: Choices,
    pub date: Field,
    pub from: Field,
    pub to: Field,
}

impl BlockForm {
    /// The form with nothing typed.
    pub fn empty() -> BlockForm {
        let days = [
            ("0", t!("Every Monday"), ""),
            ("1", t!("Every Tuesday"), ""),
            ("2", t!("Every Wednesday"), ""),
            ("3", t!("Every Thursday"), ""),
            ("4", t!("Every Friday"), ""),
            ("5", t!("Every Saturday"), ""),
            ("6", t!("Every Sunday"), ""),
            ("date", t!("On one date"), ""),
        ];
        let time =
            |id, label| Field { max_length: 5, ..Field::text(id, label).hint(t!("As 14:00")) };
        BlockForm {
            when: Choices::one("when", t!("When"), &days),
            date: Field { max_length: 10, ..Field::text("date", t!("Date")) }
                .hint(t!("Only for one date, as 2026-12-24"))
                .optional(),
            from: time("from", t!("From")),
            to: time("to", t!("To")),
        }
    }

    /// The form as it was sent, with the fault beside its field.
    pub fn typed([when, date, from, to]: [&str; 4], fault: Option<(&str, &str)>) -> BlockForm {
        let error = |name: &str| fault.filter(|(field, _)| *field == name).map(|(_, says)| says);
        let empty = BlockForm::empty();
        BlockForm {
            when: empty.when.chosen(&[when], error("when")),
            date: empty.date.typed(date, error("date")),
            from: empty.from.typed(from, error("from")),
            to: empty.to.typed(to, error("to")),
        }
    }
}

impl Template for PrivateBlocks {
    const NAME: &'static str = "pages/private_blocks";

    fn samples() -> Vec<PrivateBlocks> {
        let line = |text: &str| BlockLine { id: samples::ID.to_owned(), text: text.to_owned() };
        let usual = PrivateBlocks {
            frame: samples::employee("Private blocks"),
            blocks: vec![line("every Tuesday 14:00-15:00"), line("2026-03-20 10:00-10:30")],
            allowance: "You use 90 of 120 minutes a week.".to_owned(),
            counts_from: "A change counts from tomorrow, 4 March, on.".to_owned(),
            form: Some(BlockForm::empty()),
        };
        let fault = "The block ends before it begins. One that runs past midnight is two blocks.";
        vec![
            PrivateBlocks {
                frame: samples::employee("Private blocks").with_problem("to", fault),
                form: Some(BlockForm::typed(["1", "", "15:00", "14:00"], Some(("to", fault)))),
                ..usual.clone()
            },
            PrivateBlocks {
                blocks: Vec::new(),
                allowance: "You are in no policy, so nobody draws you.".to_owned(),
                form: None,
                ..usual.clone()
            },
            PrivateBlocks {
                frame: samples::hostile("Private blocks", &[], "/"),
                blocks: vec![line(samples::HOSTILE)],
                form: Some(BlockForm::typed(
                    [samples::HOSTILE; 4],
                    Some(("from", samples::HOSTILE)),
                )),
                ..usual.clone()
            },
            usual,
        ]
    }
}
