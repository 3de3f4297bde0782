use muster_integrations::PROVIDERS;
use std::collections::BTreeSet;

#[test]
fn every_folder_is_a_provider_on_the_list_and_the_other_way_round() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let folders: BTreeSet<String> = std::fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
        .map(|name| name.trim_end_matches("-room").to_owned())
        .collect();
    let listed: BTreeSet<String> = PROVIDERS.iter().map(|p| p.name.to_owned()).collect();
    assert_eq!(folders, listed);
    assert_eq!(listed.len(), PROVIDERS.len(), "a name is used twice");
    assert!(PROVIDERS.iter().all(|p| !p.summary.is_empty() && !p.summary.contains('\n')));
}
