//! The small pieces pages are made of: fields that keep what was typed, choices, rows, links.
//! Each has a template of the same name under `templates/parts/`.

use crate::t;
use serde::Serialize;

/// One line of input. The value survives a fault, and the fault stands beside the field.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Unique on the page; also the name under which the form sends it.
    pub id: String,
    pub label: String,
    /// What to write and in which form, below the label.
    pub hint: Option<String>,
    /// What the person typed, as typed.
    pub value: String,
    /// What is wrong with it and what would be accepted.
    pub error: Option<String>,
    /// `type` of the input.
    pub kind: &'static str,
    /// `autocomplete` of the input, e.g. `email`, `one-time-code`, `off`.
    pub autocomplete: &'static str,
    /// `inputmode` of the input, e.g. `numeric`; `text` where nothing else fits.
    pub inputmode: &'static str,
    /// Longest accepted input in characters.
    pub max_length: u16,
    pub required: bool,
}

impl Field {
    /// A required text field.
    pub fn text(id: &str, label: &str) -> Field {
        Field {
            id: id.to_owned(),
            label: label.to_owned(),
            hint: None,
            value: String::new(),
            error: None,
            kind: "text",
            autocomplete: "off",
            inputmode: "text",
            max_length: 200,
            required: true,
        }
    }

    /// An address field.
    pub fn email(id: &str, label: &str) -> Field {
        Field {
            kind: "email",
            autocomplete: "email",
            inputmode: "email",
            max_length: 254,
            ..Field::text(id, label)
        }
    }

    /// A six-digit code field.
    pub fn code(id: &str, label: &str) -> Field {
        Field {
            autocomplete: "one-time-code",
            inputmode: "numeric",
            max_length: 12,
            ..Field::text(id, label)
        }
    }

    /// The same field with a hint.
    pub fn hint(mut self, hint: &str) -> Field {
        self.hint = Some(hint.to_owned());
        self
    }

    /// The same field with what was typed and, if it was not accepted, why.
    pub fn typed(mut self, value: &str, error: Option<&str>) -> Field {
        self.value = value.to_owned();
        self.error = error.map(str::to_owned);
        self
    }

    /// The same field, allowed to stay empty.
    pub fn optional(mut self) -> Field {
        self.required = false;
        self
    }
}

/// Several lines of input.
#[derive(Debug, Clone, Serialize)]
pub struct TextArea {
    /// Unique on the page.
    pub id: String,
    /// The name under which the form sends it.
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    pub error: Option<String>,
    /// Visible lines.
    pub rows: u8,
    /// Longest accepted input in characters.
    pub max_length: u16,
    pub required: bool,
}

impl TextArea {
    /// A required text area whose id is its name.
    pub fn new(name: &str, label: &str) -> TextArea {
        TextArea {
            id: name.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            hint: None,
            value: String::new(),
            error: None,
            rows: 4,
            max_length: 2000,
            required: true,
        }
    }

    /// The same with an id of its own, where a page has several forms with a field of this name.
    pub fn with_id(mut self, id: &str) -> TextArea {
        self.id = id.to_owned();
        self
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: &str) -> TextArea {
        self.hint = Some(hint.to_owned());
        self
    }

    /// The same with what was typed and, if it was not accepted, why.
    pub fn typed(mut self, value: &str, error: Option<&str>) -> TextArea {
        self.value = value.to_owned();
        self.error = error.map(str::to_owned);
        self
    }

    /// The same, allowed to stay empty.
    pub fn optional(mut self) -> TextArea {
        self.required = false;
        self
    }
}

/// A question with a closed list of answers: radio buttons, or boxes where several may be true.
#[derive(Debug, Clone, Serialize)]
pub struct Choices {
    /// Unique on the page; the first option's id is `{id}-1`, which is where a problem links to.
    pub id: String,
    /// The name under which the form sends the answer.
    pub name: String,
    pub legend: String,
    pub hint: Option<String>,
    pub error: Option<String>,
    /// Whether several answers may be given.
    pub several: bool,
    pub required: bool,
    pub options: Vec<ChoiceOption>,
}

/// One answer.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceOption {
    pub id: String,
    /// The number shown beside it and the key that picks it, counted from 1.
    pub number: usize,
    /// The stored word.
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
    pub chosen: bool,
}

impl Choices {
    /// A question with exactly one answer. Options are `(value, label, hint)`; an empty hint is none.
    pub fn one(name: &str, legend: &str, options: &[(&str, &str, &str)]) -> Choices {
        Choices {
            id: name.to_owned(),
            name: name.to_owned(),
            legend: legend.to_owned(),
            hint: None,
            error: None,
            several: false,
            required: true,
            options: options
                .iter()
                .enumerate()
                .map(|(i, (value, label, hint))| ChoiceOption {
                    id: format!("{name}-{}", i + 1),
                    number: i + 1,
                    value: (*value).to_owned(),
                    label: (*label).to_owned(),
                    hint: (!hint.is_empty()).then(|| (*hint).to_owned()),
                    chosen: false,
                })
                .collect(),
        }
    }

    /// A tick list: none, one or several.
    pub fn many(name: &str, legend: &str, options: &[(&str, &str, &str)]) -> Choices {
        Choices { several: true, required: false, ..Choices::one(name, legend, options) }
    }

    /// The same with ids of its own, where a page asks under the same name twice.
    pub fn with_id(mut self, id: &str) -> Choices {
        self.id = id.to_owned();
        for option in &mut self.options {
            option.id = format!("{id}-{}", option.number);
        }
        self
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: &str) -> Choices {
        self.hint = Some(hint.to_owned());
        self
    }

    /// The same with what was chosen (values) and, if it was not accepted, why.
    pub fn chosen(mut self, values: &[&str], error: Option<&str>) -> Choices {
        for option in &mut self.options {
            option.chosen = values.contains(&option.value.as_str());
        }
        self.error = error.map(str::to_owned);
        self
    }
}

/// A question with many answers, of which one is chosen from a list.
#[derive(Debug, Clone, Serialize)]
pub struct Select {
    /// Unique on the page; also the name under which the form sends it.
    pub id: String,
    pub label: String,
    pub hint: Option<String>,
    pub error: Option<String>,
    pub options: Vec<SelectOption>,
}

/// One answer of a list.
#[derive(Debug, Clone, Serialize)]
pub struct SelectOption {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Select {
    /// A list of `(value, label)`.
    pub fn new(
        id: &str,
        label: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Select {
        let option = |(value, label)| SelectOption { value, label, chosen: false };
        Select {
            id: id.to_owned(),
            label: label.to_owned(),
            hint: None,
            error: None,
            options: options.into_iter().map(option).collect(),
        }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: &str) -> Select {
        self.hint = Some(hint.to_owned());
        self
    }

    /// The same with what was chosen and, if it was not accepted, why.
    pub fn chosen(mut self, value: &str, error: Option<&str>) -> Select {
        for option in &mut self.options {
            option.chosen = option.value == value;
        }
        self.error = error.map(str::to_owned);
        self
    }
}

/// One line of a summary: a name and its value.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub name: String,
    pub value: String,
}

impl Row {
    pub fn new(name: &str, value: &str) -> Row {
        Row { name: name.to_owned(), value: value.to_owned() }
    }
}

/// A sentence that may change while a page lies open; `assets/js/standing.js` asks for it again.
#[derive(Debug, Clone, Serialize)]
pub struct StandingNote {
    /// Where it is asked for, as JSON `{text, version}`.
    pub url: String,
    /// Empty where there is nothing to say.
    pub text: String,
    /// Another version is another state of things.
    pub version: String,
    /// Whether the page may load itself again then; never where somebody types.
    pub may_reload: bool,
}

impl StandingNote {
    /// A sentence that is its own version.
    pub fn of(url: &str, text: String, may_reload: bool) -> StandingNote {
        StandingNote { url: url.to_owned(), version: text.clone(), text, may_reload }
    }
}

/// A link in a list: a tab, a filter, a page number.
#[derive(Debug, Clone, Serialize)]
pub struct TabLink {
    pub url: String,
    pub label: String,
    /// How many stand behind it.
    pub count: Option<u64>,
    pub current: bool,
}

impl TabLink {
    pub fn new(url: &str, label: &str, count: Option<u64>, current: bool) -> TabLink {
        TabLink { url: url.to_owned(), label: label.to_owned(), count, current }
    }
}

/// Where one is in a long list. Both links keep the filter and the order.
#[derive(Debug, Clone, Serialize)]
pub struct Pager {
    /// What is shown, e.g. `1 to 50 of 212`.
    pub shown: String,
    /// The page before this one in the list, whatever its order.
    pub earlier_url: Option<String>,
    pub later_url: Option<String>,
}

/// What somebody in this place may and may not do, so that no page leaves it to guessing.
#[derive(Debug, Clone, Serialize)]
pub struct Bounds {
    pub may: Vec<String>,
    pub may_not: Vec<String>,
}

impl Bounds {
    pub fn new(may: &[&str], may_not: &[&str]) -> Bounds {
        Bounds {
            may: may.iter().map(|s| (*s).to_owned()).collect(),
            may_not: may_not.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    /// What a manager may and may not do.
    pub fn of_manager() -> Bounds {
        Bounds::new(
            &[
                t!("See whether your people were met, and when."),
                t!("Take a case on, add what you learned, propose what should happen."),
                t!("Excuse a first plain miss, with a reason."),
            ],
            &[
                t!("See when somebody will be drawn. Nobody can, and neither can we."),
                t!("See a map, an address or network data."),
                t!(
                    "Close a second miss within 90 days, or a case that needs review: somebody outside your line does."
                ),
            ],
        )
    }
}
