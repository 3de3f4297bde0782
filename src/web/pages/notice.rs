//! The notice before the first draw, and one's word that it was read.

use crate::acts::check_in::NOTICE_VERSION;
use crate::acts::{notices, policy};
use crate::web::guard::see;
use crate::web::session::{Posted, SignedIn};
use crate::web::{Access, Answer, Route, Web, with_flash};
use axum::extract::State;
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::LocationDemand;
use muster_domain::time::UtcMillis;
use muster_messages::pages::FlashTone;
use muster_messages::pages::notice::NoticePage;
use muster_messages::t;
use muster_store::{people, policies};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/notice", Access::SignedIn, notice),
        Route::post("/notice", Access::SignedIn, have_read),
    ]
}

async fn notice(State(web): State<Web>, me: SignedIn) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let mut happens =
        vec![t!("A colleague meets you on video, at a moment that nobody can foresee.").to_owned()];
    let mut asks_place = true;
    if let Some(member) = policies::membership_of(db, me.id()).await? {
        let policy = policy::load(db, PolicyVersionId(member.policy_version_id)).await?.policy;
        let clock = &policy.clock;
        happens.push(t!("You hear of it {notice_minutes_min} to {notice_minutes_max} minutes before, within your working hours. The talk takes about {session_minutes} minutes.", notice_minutes_min = clock.notice_minutes_min, notice_minutes_max = clock.notice_minutes_max, session_minutes = clock.session_minutes));
        asks_place = policy.evidence.location != LocationDemand::Off;
    }
    if asks_place {
        happens.push(t!("We ask once where you work from. You may say no.").to_owned());
    }
    happens.push(t!("A week later you can work out yourself that the draw was honest.").to_owned());
    let days = &web.context.settings.retention;
    let mut recorded = vec![
        t!(
            "When you joined and left. Your manager sees it. Kept {session_detail} days.",
            session_detail = days.session_detail
        ),
        t!(
            "What the person you met noted. HR sees it; your manager sees the result. Kept {session_detail} days; the result {decision}.",
            session_detail = days.session_detail,
            decision = days.decision
        ),
    ];
    recorded.push(
        t!("One picture from your first session, if you agree to it. Later verifiers see it beside the \
         live picture, nobody else. Kept until you leave or a new one takes its place.")
            .to_owned(),
    );
    if asks_place {
        recorded.push(t!("Where you are, if you share it. The exact point is kept {exact_place} days, then the area, until {place_area} days are over.", exact_place = days.exact_place, place_area = days.place_area));
        recorded.push(
            t!("From your network address: its country, network and kind of line, looked up on our own \
             machine. The address itself is not kept.")
                .to_owned(),
        );
        recorded.push(
            t!("A fingerprint of your internet line and of the square of about 150 m, which says neither to \
             whoever reads it, kept 180 days. Where many people's laptops stand in one place, these are \
             alike. Security alone sees that, and asks before it concludes. Sign-ins of other company \
             systems may be compared in the same way, and so may fingerprints of the address to which HR \
             had your laptop sent and of the account it pays into.")
                .to_owned(),
        );
        recorded.push(
            t!("The time zone your browser keeps when you answer, to compare it with the place.")
                .to_owned(),
        );
        recorded.push(
            t!("How long the way from us to your browser and back takes when you answer, and whether \
             pages and datagrams take the same way. The address of the second way is not kept \
             either.")
                .to_owned(),
        );
        recorded.push(
            t!(
                "A key that your browser makes and keeps for these answers: it shows that the same \
             browser answered as last time. We keep a code of it, 180 days after its last use, and \
             compare it with those of others here. You can clear it with your browser's data; \
             nothing follows from that."
            )
            .to_owned(),
        );
        recorded.push(t!("A passkey, only if you add one: what your device tells of it, which is no name, PIN, \
             finger or face. It confirms your answers, and you may always go on without. HR sees \
             that you have it. Kept until you remove it; that there was one, {session_detail} days longer.", session_detail = days.session_detail));
        recorded.push(
            t!("Whether your camera is a program, and what kind of graphics draws the page. No names \
             or numbers of your devices.")
                .to_owned(),
        );
    }
    let read = people::acknowledged(db, me.id(), NOTICE_VERSION).await?;
    let page = NoticePage {
        frame: web.frame(&me.visitor, t!("How check-ins work"), "").await,
        version: NOTICE_VERSION.to_owned(),
        happens,
        recorded,
        never: [
            t!("No video or sound is kept, and no picture but the one you agree to in your first session."),
            t!("No program judges your face or voice."),
            t!("Who else is in the room is never noted."),
        ]
        .map(str::to_owned)
        .to_vec(),
        read: read.map(|r| zoned.moment(UtcMillis(r.at_ms))),
    };
    web.page(&page)
}

async fn have_read(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    notices::acknowledge(&web.context, &me.person, form.text("notice_version")).await?;
    Ok(with_flash(&web, see("/notice"), FlashTone::Done, t!("It is noted that you have read it.")))
}
