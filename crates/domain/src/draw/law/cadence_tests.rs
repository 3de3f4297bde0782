//! The law against its own formulas: means, floors, refusals, optimality.

use super::*;
use crate::draw::law::{CheckInCounts, DrawLaw};
use proptest::prelude::*;

fn law(mean: f64, change: impl Fn(&mut CadenceLaw)) -> CadenceLaw {
    let mut law = CadenceLaw::with_mean(mean);
    change(&mut law);
    law
}

#[test]
fn the_default_law_is_nearly_memoryless() {
    let got = law(21.0, |_| {}).table().unwrap();
    assert_eq!(got.table.max_gap_days(), 84);
    assert_eq!(got.table.threshold(84), Threshold::SURE);
    assert_eq!(got.floor_share, Some(0.92));
    // reference/draw.md 1.4: floored, no minimum, cap 84: sure .001, best guess .044, KS .050
    assert!((got.figures.sure_share - 0.001).abs() < 0.0006, "{:?}", got.figures);
    assert!((got.figures.best_guess - 0.044).abs() < 0.0006, "{:?}", got.figures);
    assert!((got.figures.evasion_ks - 0.050).abs() < 0.006, "{:?}", got.figures);
    assert_eq!(got.figures.safe_share, 0.0);
    assert!(got.warnings.is_empty(), "{:?}", got.warnings);
}

#[test]
fn a_short_maximum_gap_lowers_the_floor_and_warns() {
    let got = law(21.0, |l| l.max_gap_days = Some(42)).table().unwrap();
    assert!(got.floor_share < Some(0.92) && got.figures.sure_share <= SURE_SHARE_MAX);
    assert!(got.warnings.iter().any(|w| w.to_string().contains("less than four times")));
}

#[test]
fn a_law_that_cannot_hide_the_last_day_says_so() {
    let got = law(21.0, |l| l.max_gap_days = Some(22)).table().unwrap();
    assert!(got.figures.sure_share > SURE_SHARE_MAX);
    assert!(got.warnings[0].to_string().contains("can expect them"), "{:?}", got.warnings);
}

#[test]
fn a_minimum_gap_makes_safe_days_and_a_soft_one_does_not() {
    let hard = law(21.0, |l| l.min_gap_days = 4).table().unwrap();
    assert!((hard.figures.safe_share - 3.0 / 21.0).abs() < 1e-9);
    assert_eq!(hard.table.threshold(3), Threshold::NEVER);
    assert!(hard.table.threshold(4) > Threshold::NEVER);
    let soft = law(21.0, |l| l.soft_gap_days = 5).table().unwrap();
    assert_eq!(soft.figures.safe_share, 0.0);
    let quarter = soft.table.threshold(5).hazard() * 4.0;
    assert!((quarter - soft.table.threshold(6).hazard()).abs() < 0.01);
}

#[test]
fn a_mean_out_of_reach_is_refused_with_a_sentence() {
    let refusal = law(21.0, |l| l.max_gap_days = Some(15)).table().unwrap_err();
    assert!(
        refusal.to_string().contains("cannot be reached")
            && refusal.to_string().contains("1.0 to 15.0"),
        "{refusal}"
    );
    let refusal = law(5.0, |l| l.min_gap_days = 8).table().unwrap_err();
    assert!(refusal.to_string().contains("8.0 to 20.0"), "{refusal}");
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let cases: [(CadenceLaw, &str); 6] = [
        (law(1.0, |_| {}), "mean_gap_days"),
        (law(f64::NAN, |_| {}), "mean_gap_days"),
        (law(21.0, |l| l.soft_factor = 1.5), "soft_factor"),
        (law(21.0, |l| l.floor_share = -0.1), "floor_share"),
        (law(21.0, |l| l.max_gap_days = Some(0)), "max_gap_days"),
        (law(21.0, |l| l.min_gap_days = 90), "min_gap_days"),
    ];
    for (law, key) in cases {
        let refusal = law.table().unwrap_err();
        assert!(refusal.to_string().contains(key), "{refusal}");
    }
}

#[test]
fn what_people_get_is_said_in_three_sentences() {
    let got = law(21.0, |_| {}).table().unwrap();
    let counts = CheckInCounts::of(&got.table, 252);
    let [often, safe, sure] =
        got.figures.sentences(&got.table, &counts).map(|said| said.to_string());
    assert!(
        often.contains("one of 21 eligible days") && often.contains("about 12 times"),
        "{often}"
    );
    assert!(
        safe.contains("nobody is safe")
            && safe.contains("a chance of 4.4 %, a day on average 4.8 %"),
        "{safe}"
    );
    assert!(sure.starts_with("0.1 % of check-ins"), "{sure}");
    let hard = law(21.0, |l| l.min_gap_days = 4).table().unwrap();
    let [_, safe, _] = hard.figures.sentences(&hard.table, &counts).map(|said| said.to_string());
    assert!(safe.contains("14.3 % of eligible days"), "{safe}");
    let pool = HazardTable::pool(0.05);
    let [.., same] = LawFigures::of(&pool).sentences(&pool, &counts).map(|said| said.to_string());
    assert!(same.starts_with("Waiting tells nothing"), "{same}");
}

/// The quick estimate only decides which share is made exact: it must agree with the exact one.
#[test]
fn the_quick_sure_share_is_the_exact_one() {
    for (mean, max, min) in
        [(21.0, 84, 0), (21.0, 42, 4), (100.0, 400, 0), (15.5, 20, 3), (2.0, 8, 0)]
    {
        let law = law(mean, |l| (l.max_gap_days, l.min_gap_days) = (Some(max), min));
        for share in [0.0, 0.3, 0.6, 0.92] {
            let exact = law.hazards(share).map(|h| LawFigures::of_hazards(&h).sure_share);
            let near = law.sure_share_near(share);
            match (exact, near) {
                (Some(exact), Some(near)) => {
                    assert!((exact - near).abs() < NEAR, "{law:?} {share}")
                }
                (exact, near) => assert_eq!(exact, near, "{law:?} {share}"),
            }
        }
    }
}

#[test]
fn a_timetable_is_refused_with_what_to_change() {
    let table = |mean: f64, max: u32, min: u32| {
        let law = law(mean, |l| (l.max_gap_days, l.min_gap_days) = (Some(max), min));
        DrawLaw::Cadence(law).table()
    };
    for (max, min) in [(22, 0), (24, 18), (21, 21)] {
        let refusal = table(21.0, max, min).unwrap_err();
        assert!(
            refusal.to_string().contains("timetable")
                && refusal.to_string().contains("max_gap_days"),
            "{refusal}"
        );
    }
    assert!(table(21.0, 42, 4).is_ok(), "unwise, and a draw");
    assert!(table(2.0, 8, 0).is_ok(), "frequent is not foreseen");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_committed_table_has_the_wanted_mean(
        mean in 1.5f64..120.0, soft in 0u32..4, factor in 0.0f64..1.0, ratio in 1.2f64..6.0, min in 0u32..4,
    ) {
        let law = law(mean, |l| {
            l.soft_gap_days = soft;
            l.soft_factor = factor;
            l.min_gap_days = min;
            l.max_gap_days = Some((mean * ratio).ceil() as u32 + 4);
        });
        match law.table() {
            Ok(got) => {
                let of_table = LawFigures::of(&got.table);
                prop_assert!((of_table.mean_gap_days - mean).abs() <= 1e-6 * mean, "{of_table:?}");
                prop_assert!(got.figures.sure_share <= SURE_SHARE_MAX || !got.warnings.is_empty());
                prop_assert_eq!(got.table.thresholds().last(), Some(&Threshold::SURE));
            }
            Err(refusal) => prop_assert!(refusal.to_string().contains("cannot be reached")),
        }
    }

    /// No other hazards with the same mean, floor and maximum give a smaller expected success of a
    /// day-ahead guess (sum of S h^2): the recursion is optimal, not merely feasible.
    #[test]
    fn moving_hazard_between_two_days_never_beats_the_law(a in 0usize..41, b in 18usize..41, step in 0.0005f64..0.003) {
        prop_assume!(a != b);
        let law = law(21.0, |l| l.max_gap_days = Some(42));
        let hazards = law.hazards(0.3).unwrap();
        let floor = 0.3 / 21.0;
        let guess = |h: &[f64]| {
            let mut survivor = 1.0;
            h.iter().map(|x| { let g = survivor * x * x; survivor *= 1.0 - x; g }).sum::<f64>()
        };
        let mut other = hazards.clone();
        other[a] += step;
        // lower day b until the mean is the wanted one again
        let (mut low, mut high) = (floor, other[b]);
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            other[b] = middle;
            if mean_gap(&other) > 21.0 { low = middle } else { high = middle }
        }
        prop_assume!((mean_gap(&other) - 21.0).abs() < 1e-9 && other.iter().all(|h| *h <= 1.0));
        prop_assert!(guess(&other) >= guess(&hazards) - 1e-9);
    }
}
