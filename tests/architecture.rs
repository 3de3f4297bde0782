//! The arrows of the house (DESIGN section 4): who may name whom. A new arrow is a design change
//! and belongs into this table and into `docs/architecture.md` first.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Our packages that this manifest depends on, outside `[dev-dependencies]`.
fn depends_on(manifest: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(manifest)).expect("a manifest of the workspace");
    let table: toml::Table = text.parse().expect("a manifest is TOML");
    let dependencies =
        table.get("dependencies").and_then(|d| d.as_table()).cloned().unwrap_or_default();
    dependencies.keys().filter_map(|name| name.strip_prefix("muster-")).map(str::to_owned).collect()
}

#[test]
fn packages_name_only_what_lies_below_them() {
    let allowed: &[(&str, &[&str])] = &[
        ("crates/domain/Cargo.toml", &[]),
        ("crates/ports/Cargo.toml", &["domain"]),
        ("crates/messages/Cargo.toml", &["domain"]),
        ("crates/packs/Cargo.toml", &["domain"]),
        ("migrations/Cargo.toml", &[]),
        ("crates/store/Cargo.toml", &["domain", "ports", "migrations"]),
        ("integrations/Cargo.toml", &["domain", "ports"]),
        ("crates/simulation/Cargo.toml", &["domain", "ports"]),
        ("crates/testkit/Cargo.toml", &["domain", "ports", "simulation"]),
    ];
    for (manifest, may) in allowed {
        let may: BTreeSet<String> = may.iter().map(|s| (*s).to_owned()).collect();
        let more: Vec<String> = depends_on(manifest).difference(&may).cloned().collect();
        assert!(more.is_empty(), "{manifest} names {more:?}, which lies above or beside it");
    }
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder of the tree").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_of_the_service_name_only_what_lies_below_them() {
    let forbidden: &[(&str, &[&str])] = &[
        (
            "src/acts",
            &[
                "crate::engine",
                "crate::web",
                "crate::commands",
                "crate::app",
                "crate::demo",
                "muster_integrations",
                "reqwest",
            ],
        ),
        (
            "src/engine",
            &[
                "crate::web",
                "crate::commands",
                "crate::app",
                "crate::demo",
                "muster_integrations",
                "axum",
                "reqwest",
            ],
        ),
        (
            "src/web",
            &[
                "crate::engine",
                "crate::commands",
                "crate::app",
                "crate::demo",
                "muster_integrations",
                "lettre",
            ],
        ),
        ("src/config", &["crate::acts", "crate::engine", "crate::web", "crate::commands"]),
    ];
    for (folder, names) in forbidden {
        let mut files = Vec::new();
        sources(&root().join(folder), &mut files);
        assert!(!files.is_empty(), "{folder} has no sources");
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source file");
            for name in *names {
                let named = text
                    .lines()
                    .any(|line| !line.trim_start().starts_with("//") && line.contains(name));
                assert!(!named, "{} names {name}", file.display());
            }
        }
    }
}

#[test]
fn every_module_opens_with_a_door_plate() {
    let mut files = Vec::new();
    for folder in ["src", "crates", "integrations/src", "migrations/src"] {
        sources(&root().join(folder), &mut files);
    }
    let bare: Vec<_> = files
        .iter()
        .filter(|f| !f.ends_with("tests.rs") && !f.to_string_lossy().contains("/tests"))
        .filter(|f| !std::fs::read_to_string(f).expect("a source file").starts_with("//!"))
        .collect();
    assert!(bare.is_empty(), "without a door-plate: {bare:?}");
}

/// What `.cargo/config.toml` asks for; a build elsewhere works, and is slower.
#[tokio::test]
async fn sqlite_is_compiled_as_the_configuration_of_cargo_asks() {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let db = Database::connect("sqlite::memory:").await.unwrap();
    let ask = Statement::from_string(db.get_database_backend(), "PRAGMA compile_options");
    let rows = db.query_all_raw(ask).await.unwrap();
    let options: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let has = |option: &str| options.iter().any(|known| known == option);
    assert!(has("DEFAULT_MEMSTATUS=0") && has("ENABLE_QPSG"), "{options:?}");
    assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}
