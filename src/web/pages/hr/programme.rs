//! How the programme does: one line a matter, each with what to do. Nothing of a draw to come.

use crate::acts::programme::{self, Unmet, Week};
use crate::acts::{self, ActResult, baseline, policy};
use crate::web::session::{Hr, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, person_name};
use axum::extract::State;
use muster_domain::access::Act;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_messages::pages::programme::{
    Programme, ProgrammeLine, ProgrammeLink, UnmetLine, WeekLine,
};
use muster_messages::pages::{StateWord, Tone, span_text};
use muster_packs::Freshness;
use muster_store::{notifications, policies, work};

/// Weeks looked ahead.
const WEEKS: u8 = 4;
/// Days looked back for people who were drawn and not met.
const UNMET_DAYS: i64 = 30;
/// People of that list on the page.
const UNMET_MAX: usize = 20;
/// A mail that waits this long is late.
const LATE_MS: i64 = 10 * MINUTE_MS;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/programme", Access::Act(Act::ViewRoster), page)]
}

async fn page(State(web): State<Web>, me: Hr) -> Answer {
    let unmet = programme::unmet(&web.context, UNMET_DAYS).await?;
    let weeks = programme::weeks(&web.context, WEEKS).await?;
    let advice = advice(&web).await?;
    let mut lines = vec![mail(&web).await?, dead(&web).await?];
    lines.push(capacity(&weeks, &advice));
    lines.push(met(&unmet));
    lines.push(first_sessions(&web).await?);
    lines.push(objections(&web, &me).await?);
    lines.push(packs(&web));
    lines.extend(holders(&web).await?);
    let asks = lines.iter().filter(|line| !line.act.is_empty()).count();
    let summary = match asks {
        0 => "Nothing asks for you.".to_owned(),
        1 => "One matter asks for you.".to_owned(),
        n => format!("{n} matters ask for you."),
    };
    let days = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let line = |one: &Unmet| UnmetLine {
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        uncovered: days(&one.uncovered),
        shielded: days(&one.shielded),
    };
    web.page(&Programme {
        frame: web.frame(&me.visitor, "Programme", "/programme").await,
        summary,
        lines,
        weeks: weeks.iter().map(week).collect(),
        advice,
        unmet_more: unmet.len().saturating_sub(UNMET_MAX),
        unmet: unmet.iter().take(UNMET_MAX).map(line).collect(),
    })
}

fn well(name: &str, is: String) -> ProgrammeLine {
    let state = StateWord::new("well", Tone::Good);
    ProgrammeLine { name: name.to_owned(), state, is, act: String::new(), link: None }
}

fn asks(name: &str, is: String, act: &str, link: Option<(&str, &str)>) -> ProgrammeLine {
    ProgrammeLine {
        name: name.to_owned(),
        state: StateWord::new("look at it", Tone::Review),
        is,
        act: act.to_owned(),
        link: link.map(|(url, label)| ProgrammeLink { url: url.into(), label: label.into() }),
    }
}

/// Names of people whose mail came back, a few of them.
async fn whose_came_back(web: &Web, since: UtcMillis) -> Result<String, Fail> {
    const NAMED_MAX: usize = 5;
    let db = web.context.store.read();
    let whose = notifications::came_back(db, since).await?;
    let mut names = Vec::new();
    for id in whose.iter().take(NAMED_MAX) {
        names.push(person_name(db, Some(*id)).await?);
    }
    match whose.len().saturating_sub(NAMED_MAX) {
        0 => {}
        1 => names.push("one other".to_owned()),
        more => names.push(format!("{more} others")),
    }
    let last = names.pop().unwrap_or_default();
    Ok(if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) })
}

async fn mail(web: &Web) -> Result<ProgrammeLine, Fail> {
    let now = web.context.now();
    let since = now.plus_ms(-7 * DAY_MS);
    let found = notifications::delivery(web.context.store.read(), since).await?;
    let mut is = format!("{} sent in seven days", found.accepted);
    match found.oldest_queued_ms {
        Some(oldest) => {
            let waits = span_text(now.since(UtcMillis(oldest)).max(0));
            is.push_str(&format!("; {} waiting, the oldest for {waits}", found.queued));
        }
        None => is.push_str("; none waits"),
    }
    if found.bounced > 0 {
        is.push_str(&format!("; {} came back", found.bounced));
    }
    is.push('.');
    let is_late = found.oldest_queued_ms.is_some_and(|ms| now.since(UtcMillis(ms)) > LATE_MS);
    Ok(match (is_late, found.bounced) {
        (true, _) => asks(
            "Mail",
            is,
            "The mail server does not take them: tell whoever runs it. Nobody is blamed for a check-in of which no mail arrived.",
            None,
        ),
        (false, 1..) => {
            let whose = whose_came_back(web, since).await?;
            let next = format!(
                "Look at the addresses of {whose}. Nobody is blamed for a check-in of which no mail arrived."
            );
            asks("Mail", is, &next, Some(("/roster", "Roster")))
        }
        (false, 0) => well("Mail", is),
    })
}

async fn dead(web: &Web) -> Result<ProgrammeLine, Fail> {
    let dead = work::dead(web.context.store.read()).await?.len();
    Ok(match dead {
        0 => well("Work", "Everything that was due is done or being done.".to_owned()),
        n => asks(
            "Work",
            format!("{n} steps used up their attempts and wait for a decision."),
            "An administrator decides on the system page.",
            None,
        ),
    })
}

/// What would have to change so that everybody a policy draws can be met.
async fn advice(web: &Web) -> ActResult<Vec<String>> {
    let db = web.context.store.read();
    let mut advice: Vec<String> = Vec::new();
    for version in policies::active(db).await? {
        for sentence in policy::preview::unmet(&web.context, db, &version).await? {
            if !advice.contains(&sentence) {
                advice.push(sentence);
            }
        }
    }
    Ok(advice)
}

fn is_short(week: &Week) -> bool {
    week.asked > f64::from(week.possible)
}

fn capacity(weeks: &[Week], advice: &[String]) -> ProgrammeLine {
    let short = weeks.iter().filter(|week| is_short(week)).count();
    if short > 0 {
        let is = format!(
            "In {short} of the next {} weeks verifiers cannot meet everybody.",
            weeks.len()
        );
        let act = "Ask somebody more to be a verifier, or draw less often.";
        return asks("Capacity", is, act, Some(("/policies", "Policies")));
    }
    if !advice.is_empty() {
        let is = "There are verifiers enough, but not for everybody.".to_owned();
        return asks("Capacity", is, "What would help stands below the weeks.", None);
    }
    well("Capacity", "Verifiers can meet what the policies will ask for.".to_owned())
}

fn week(week: &Week) -> WeekLine {
    let last = week.first.checked_add(jiff::ToSpan::days(6_i64)).unwrap_or(week.first);
    let first = match week.first.month() == last.month() {
        true => week.first.strftime("%-d"),
        false => week.first.strftime("%-d %B"),
    };
    let state = match (is_short(week), week.asked * 1.5 > f64::from(week.possible)) {
        (true, _) => StateWord::new("too few", Tone::Review),
        (false, true) => StateWord::new("tight", Tone::Unclear),
        (false, false) => StateWord::new("enough", Tone::Good),
    };
    WeekLine {
        week: format!("{first} to {}", last.strftime("%-d %B")),
        asked: format!("about {:.0}", week.asked),
        possible: format!("up to {}", week.possible),
        absent: match week.verifier_days_absent {
            0 => "none".to_owned(),
            1 => "1 day".to_owned(),
            n => format!("{n} days"),
        },
        state,
    }
}

fn met(unmet: &[Unmet]) -> ProgrammeLine {
    let uncovered: usize = unmet.iter().map(|u| u.uncovered.len()).sum();
    let shielded: usize = unmet.iter().map(|u| u.shielded.len()).sum();
    let times = |n: usize| match n {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    let is = format!(
        "Somebody who was drawn in the last {UNMET_DAYS} days could not be met: {} no verifier was free, {} they had too little free time.",
        times(uncovered),
        times(shielded)
    );
    match unmet.is_empty() {
        true => well("Draws", "Everybody whom a draw hit in 30 days could be met.".to_owned()),
        false => asks("Draws", is, "Who it was stands at the end of this page.", None),
    }
}

async fn first_sessions(web: &Web) -> Result<ProgrammeLine, Fail> {
    let all = baseline::overview(web.context.store.read()).await?;
    let name = "First sessions";
    let open = all.iter().filter(|one| one.may_be_booked()).count();
    let words = all.iter().filter(|one| one.has_met() && one.vouching.is_none()).count();
    if open + words == 0 {
        return Ok(well(name, "None is to be booked, and nobody waits for a word.".to_owned()));
    }
    let link = Some(("/first-sessions", name));
    Ok(match (open, words) {
        (open, 0) => asks(name, format!("{open} people were never met."), "Book them.", link),
        (0, words) => {
            asks(name, format!("{words} people wait for somebody's word."), "Ask for it.", link)
        }
        (open, words) => {
            let is = format!("{open} people were never met; {words} wait for somebody's word.");
            asks(name, is, "Book them, and ask for the word.", link)
        }
    })
}

async fn objections(web: &Web, me: &SignedIn) -> Result<ProgrammeLine, Fail> {
    let now = web.context.now().0;
    let seen = acts::objections::list(&web.context, me.id()).await?;
    let open: Vec<_> = seen.iter().filter(|one| one.row.answered_ms.is_none()).collect();
    let late = open.iter().filter(|one| one.row.due_ms <= now).count();
    let (name, link) = ("Objections", Some(("/objections", "Objections")));
    Ok(match (open.len(), late) {
        (0, _) => well(name, "None waits for an answer.".to_owned()),
        (n, 0) => ProgrammeLine {
            state: StateWord::new("waiting", Tone::Waiting),
            ..asks(
                name,
                format!("{n} wait for an answer, none longer than promised."),
                "Answer them.",
                link,
            )
        },
        (n, late) => asks(
            name,
            format!(
                "{n} wait for an answer, {late} of them longer than the promised five working days."
            ),
            "Answer them.",
            link,
        ),
    })
}

fn packs(web: &Web) -> ProgrammeLine {
    let packs = web.context.packs.packs();
    let ages = packs.freshness(web.context.now());
    let old = |age: &&muster_packs::PackAge<'_>| age.freshness != Freshness::Fresh;
    let old: Vec<String> = ages
        .iter()
        .filter(old)
        .map(|age| format!("{} ({} days old)", age.manifest.kind.code(), age.age_days))
        .collect();
    let (name, link) = ("Data about networks", Some(("/about/data", "Where it comes from")));
    let act = "Ask whoever runs Muster to bring it up to date.";
    if ages.is_empty() {
        let is = "None is installed, so addresses say nothing.".to_owned();
        return asks(name, is, act, link);
    }
    match old.is_empty() {
        true => well(name, format!("{} kinds, all up to date.", ages.len())),
        false => asks(name, format!("Out of date: {}.", old.join(", ")), act, link),
    }
}

/// Nothing where the service holds the only chain.
async fn holders(web: &Web) -> Result<Option<ProgrammeLine>, Fail> {
    let late = programme::late_holders(&web.context).await?;
    let is_shared = muster_store::chains::anchored(web.context.store.read()).await?;
    let is_shared = is_shared.iter().any(|chain| {
        chain.tip == muster_store::chains::tip::HOLDER
            && muster_store::chains::state::counts(&chain.state)
    });
    let name = "Holders of the draw";
    Ok(match (is_shared, late.is_empty()) {
        (false, _) => None,
        (true, true) => Some(well(name, "Every holder's key of today is there.".to_owned())),
        (true, false) => Some(asks(
            name,
            format!("Today's key has not come from {}.", late.join(" and ")),
            "Nobody is drawn until it comes: ask them to deliver it.",
            None,
        )),
    })
}
