//! How the programme does: one line a matter, each with what to do. Nothing of a draw to come.

use crate::acts::programme::{self, Unmet, Week};
use crate::acts::{self, ActResult, baseline, policy};
use crate::web::session::{Hr, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, person_name};
use axum::extract::State;
use muster_domain::access::Act;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_messages::language::dates;
use muster_messages::pages::programme::{
    Programme, ProgrammeLine, ProgrammeLink, UnmetLine, WeekLine,
};
use muster_messages::pages::{StateWord, Tone, span_text};
use muster_messages::t;
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
        0 => t!("Nothing asks for you.").to_owned(),
        1 => t!("One matter asks for you.").to_owned(),
        n => t!("{n} matters ask for you.", n),
    };
    let days =
        |list: &[String]| if list.is_empty() { t!("none").to_owned() } else { list.join(", ") };
    let line = |one: &Unmet| UnmetLine {
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        uncovered: days(&one.uncovered),
        shielded: days(&one.shielded),
    };
    web.page(&Programme {
        frame: web.frame(&me.visitor, t!("Programme"), "/programme").await,
        summary,
        lines,
        weeks: weeks.iter().map(week).collect(),
        advice,
        unmet_more: unmet.len().saturating_sub(UNMET_MAX),
        unmet: unmet.iter().take(UNMET_MAX).map(line).collect(),
    })
}

fn well(name: &str, is: String) -> ProgrammeLine {
    let state = StateWord::new(t!("well"), Tone::Good);
    ProgrammeLine { name: name.to_owned(), state, is, act: String::new(), link: None }
}

fn asks(name: &str, is: String, act: &str, link: Option<(&str, &str)>) -> ProgrammeLine {
    ProgrammeLine {
        name: name.to_owned(),
        state: StateWord::new(t!("look at it"), Tone::Review),
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
        1 => names.push(t!("one other").to_owned()),
        more => names.push(t!("{more} others", more)),
    }
    let last = names.pop().unwrap_or_default();
    Ok(if names.is_empty() {
        last
    } else {
        t!("{names} and {last}", last, names = names.join(", "))
    })
}

async fn mail(web: &Web) -> Result<ProgrammeLine, Fail> {
    let now = web.context.now();
    let since = now.plus_ms(-7 * DAY_MS);
    let found = notifications::delivery(web.context.store.read(), since).await?;
    let mut is = t!("{accepted} sent in seven days", accepted = found.accepted);
    match found.oldest_queued_ms {
        Some(oldest) => {
            let waits = span_text(now.since(UtcMillis(oldest)).max(0));
            is.push_str(&t!(
                "; {queued} waiting, the oldest for {waits}",
                waits,
                queued = found.queued
            ));
        }
        None => is.push_str(t!("; none waits")),
    }
    if found.bounced > 0 {
        is.push_str(&t!("; {bounced} came back", bounced = found.bounced));
    }
    is.push('.');
    let is_late = found.oldest_queued_ms.is_some_and(|ms| now.since(UtcMillis(ms)) > LATE_MS);
    Ok(match (is_late, found.bounced) {
        (true, _) => asks(
            t!("Mail"),
            is,
            t!(
                "The mail server does not take them: tell whoever runs it. Nobody is blamed for a check-in of which no mail arrived."
            ),
            None,
        ),
        (false, 1..) => {
            let whose = whose_came_back(web, since).await?;
            let next = t!(
                "Look at the addresses of {whose}. Nobody is blamed for a check-in of which no mail arrived.",
                whose
            );
            asks(t!("Mail"), is, &next, Some(("/roster", t!("Roster"))))
        }
        (false, 0) => well(t!("Mail"), is),
    })
}

async fn dead(web: &Web) -> Result<ProgrammeLine, Fail> {
    let dead = work::dead(web.context.store.read()).await?.len();
    Ok(match dead {
        0 => well(t!("Work"), t!("Everything that was due is done or being done.").to_owned()),
        n => asks(
            t!("Work"),
            t!("{n} steps used up their attempts and wait for a decision.", n),
            t!("An administrator decides on the system page."),
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
        let is = t!(
            "In {short} of the next {weeks} weeks verifiers cannot meet everybody.",
            short,
            weeks = weeks.len()
        );
        let act = t!("Ask somebody more to be a verifier, or draw less often.");
        return asks(t!("Capacity"), is, act, Some(("/policies", t!("Policies"))));
    }
    if !advice.is_empty() {
        let is = t!("There are verifiers enough, but not for everybody.").to_owned();
        return asks(t!("Capacity"), is, t!("What would help stands below the weeks."), None);
    }
    well(t!("Capacity"), t!("Verifiers can meet what the policies will ask for.").to_owned())
}

fn week(week: &Week) -> WeekLine {
    let last = week.first.checked_add(jiff::ToSpan::days(6_i64)).unwrap_or(week.first);
    let until = dates::long_without_year(last);
    let days = match week.first.month() == last.month() {
        true => t!("{day} to {last}", day = week.first.day(), last = until),
        false => {
            t!("{first} to {last}", first = dates::long_without_year(week.first), last = until)
        }
    };
    let state = match (is_short(week), week.asked * 1.5 > f64::from(week.possible)) {
        (true, _) => StateWord::new(t!("too few"), Tone::Review),
        (false, true) => StateWord::new(t!("tight"), Tone::Unclear),
        (false, false) => StateWord::new(t!("enough"), Tone::Good),
    };
    WeekLine {
        week: days,
        asked: t!("about {n}", n = format!("{:.0}", week.asked)),
        possible: t!("up to {possible}", possible = week.possible),
        absent: match week.verifier_days_absent {
            0 => t!("none").to_owned(),
            1 => t!("1 day").to_owned(),
            n => t!("{n} days", n),
        },
        state,
    }
}

fn met(unmet: &[Unmet]) -> ProgrammeLine {
    let uncovered: usize = unmet.iter().map(|u| u.uncovered.len()).sum();
    let shielded: usize = unmet.iter().map(|u| u.shielded.len()).sum();
    let times = |n: usize| match n {
        0 => t!("never").to_owned(),
        1 => t!("once").to_owned(),
        n => t!("{n} times", n),
    };
    let is = t!(
        "Somebody who was drawn in the last {UNMET_DAYS} days could not be met: {uncovered} no verifier was free, {shielded} they had too little free time.",
        UNMET_DAYS,
        uncovered = times(uncovered),
        shielded = times(shielded)
    );
    match unmet.is_empty() {
        true => {
            well(t!("Draws"), t!("Everybody whom a draw hit in 30 days could be met.").to_owned())
        }
        false => asks(t!("Draws"), is, t!("Who it was stands at the end of this page."), None),
    }
}

async fn first_sessions(web: &Web) -> Result<ProgrammeLine, Fail> {
    let all = baseline::overview(web.context.store.read()).await?;
    let name = t!("First sessions");
    let open = all.iter().filter(|one| one.may_be_booked()).count();
    let words = all.iter().filter(|one| one.has_met() && one.vouching.is_none()).count();
    if open + words == 0 {
        return Ok(well(name, t!("None is to be booked, and nobody waits for a word.").to_owned()));
    }
    let link = Some(("/first-sessions", name));
    Ok(match (open, words) {
        (open, 0) => {
            asks(name, t!("{open} people have had no first session.", open), t!("Book them."), link)
        }
        (0, words) => asks(
            name,
            t!("{words} people wait for somebody's word.", words),
            t!("Ask for it."),
            link,
        ),
        (open, words) => {
            let is = t!(
                "{open} people have had no first session; {words} wait for somebody's word.",
                open,
                words
            );
            asks(name, is, t!("Book them, and ask for the word."), link)
        }
    })
}

async fn objections(web: &Web, me: &SignedIn) -> Result<ProgrammeLine, Fail> {
    let now = web.context.now().0;
    let seen = acts::objections::list(&web.context, me.id()).await?;
    let open: Vec<_> = seen.iter().filter(|one| one.row.answered_ms.is_none()).collect();
    let late = open.iter().filter(|one| one.row.due_ms <= now).count();
    let (name, link) = (t!("Objections"), Some(("/objections", t!("Objections"))));
    Ok(match (open.len(), late) {
        (0, _) => well(name, t!("None waits for an answer.").to_owned()),
        (n, 0) => ProgrammeLine {
            state: StateWord::new(t!("waiting"), Tone::Waiting),
            ..asks(
                name,
                t!("{n} wait for an answer, none longer than promised.", n),
                t!("Answer them."),
                link,
            )
        },
        (n, late) => asks(
            name,
            t!(
                "{n} wait for an answer, {late} of them longer than the promised five working days.",
                n,
                late
            ),
            t!("Answer them."),
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
        .map(|age| {
            t!(
                "{code} ({age_days} days old)",
                code = age.manifest.kind.code(),
                age_days = age.age_days
            )
        })
        .collect();
    let (name, link) =
        (t!("Data about networks"), Some(("/about/data", t!("Where it comes from"))));
    let act = t!("Ask whoever runs Muster to bring it up to date.");
    if ages.is_empty() {
        let is = t!("None is installed, so addresses say nothing.").to_owned();
        return asks(name, is, act, link);
    }
    match old.is_empty() {
        true => well(name, t!("{ages} kinds, all up to date.", ages = ages.len())),
        false => asks(name, t!("Out of date: {names}.", names = old.join(", ")), act, link),
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
    let name = t!("Holders of the draw");
    Ok(match (is_shared, late.is_empty()) {
        (false, _) => None,
        (true, true) => Some(well(name, t!("Every holder's key of today is there.").to_owned())),
        (true, false) => Some(asks(
            name,
            t!("Today's key has not come from {names}.", names = late.join(t!(" and "))),
            t!("Nobody is drawn until it comes: ask them to deliver it."),
            None,
        )),
    })
}
