use super::*;

fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, Faults> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("muster.toml");
    std::fs::write(&file, toml).unwrap();
    let source = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let environment = config::Environment::with_prefix("MUSTER")
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true)
        .source(Some(source));
    Config::read(Some(&file), environment)
}

const SMALL: &str = r#"
[organisation]
name = "Acme"
mail_from = "check-ins@acme.example"
contact = "People team, ext. 100"
"#;

#[test]
fn a_small_file_is_enough_and_the_environment_wins() {
    let config = load(SMALL, &[("MUSTER__SERVER__LISTEN", "127.0.0.1:9000")]).unwrap();
    assert_eq!(config.server.listen.port(), 9000);
    assert_eq!(config.organisation.mail_domain(), "acme.example");
    assert!(config.database_url().starts_with("sqlite://data/muster.db"));
}

#[test]
fn every_fault_is_named_at_once_with_its_key() {
    let text = r#"
[server]
public_url = "http://muster.acme.example/app"
[database]
url = "mysql://x"
[organisation]
name = ""
mail_from = "nobody"
contact = "x"
[programme]
baseline_deadline_days = 400
[packs]
registry = "http://registry.example/"
warn_days = 200
egress = ["203.0.113.0/33"]
[[packs.sites]]
id = "hq"
kind = "castle"
latitude = 91.0
longitude = 0.0
radius_m = 100
[packs.lists.astrology]
urls = ["http://lists.example/a.txt"]
licence = "MIT"
attribution_url = "javascript:alert(1)"
[room]
relay_only = true
[schedule]
sweep = "every minute"
"#;
    let Faults(faults) = load(text, &[]).unwrap_err();
    let keys: Vec<&str> = faults.iter().map(|f| f.key.as_str()).collect();
    for key in [
        "server.public_url",
        "database.url",
        "organisation.name",
        "organisation.mail_from",
        "programme.baseline_deadline_days",
        "packs.registry",
        "packs.void_days",
        "packs.egress",
        "packs.sites[0].kind",
        "packs.sites[0].latitude",
        "packs.lists.astrology",
        "packs.lists.astrology.urls",
        "packs.lists.astrology.attribution_url",
        "room.relay_only",
        "schedule.sweep",
    ] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
}

#[test]
fn an_unknown_key_is_named() {
    let text = format!("{SMALL}\n[server]\nlisten_on = \"127.0.0.1:1\"\n");
    let faults = load(&text, &[]).unwrap_err().to_string();
    assert!(faults.contains("listen_on"), "{faults}");
}

#[test]
fn what_evidence_is_measured_against_is_checked() {
    let section = "[organisation]\nname = 'A'\nmail_from = 'a@a.example'\ncontact = 'x'\n";
    let good = format!(
        "{section}[server]\nlatitude = 52.5\nlongitude = 13.4\n[programme]\nsanctioned_regions = ['kp', 'UA-43']\n\
         [stun]\nlisten = '0.0.0.0:3478'\npublic = 'muster.example:3478'\n"
    );
    let config = Config::load_text(&good).unwrap();
    assert_eq!(config.programme.sanctioned_regions(), ["KP", "UA-43"]);
    assert_eq!(config.server.place().unwrap().latitude_e6, 52_500_000);
    assert!(Config::load_text(section).unwrap().server.place().is_none());
    let bad = format!(
        "{section}[server]\nlatitude = 52.5\n[programme]\nsanctioned_regions = ['Korea', 'UA-']\n\
         [stun]\nlisten = '0.0.0.0:3478'\npublic = 'https://muster.example'\n"
    );
    let faults = Config::load_text(&bad).unwrap_err();
    let keys: Vec<&str> = faults.0.iter().map(|fault| fault.key.as_str()).collect();
    let regions = "programme.sanctioned_regions";
    assert_eq!(keys, ["server.latitude", regions, regions, "stun.public"]);
}
