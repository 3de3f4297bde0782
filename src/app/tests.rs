use super::*;
use crate::acts::setup;

fn config(dir: &Path) -> Config {
    let file = dir.join("muster.toml");
    let text = format!(
        "[server]\ndata_dir = \"{}\"\nlisten = \"127.0.0.1:0\"\n[organisation]\nname = \"Acme\"\n\
         mail_from = \"check-ins@acme.example\"\ncontact = \"ext. 100\"\n",
        dir.join("data").display()
    );
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file)).unwrap()
}

async fn installed(dir: &Path) -> Config {
    let config = config(dir);
    let context = context(&config, create_store(&config).await.unwrap()).unwrap();
    setup::create_installation(&context, "Acme", "shadow", false).await.unwrap();
    let tx = context.store.begin().await.unwrap();
    audit::sequence(&tx, &context.signing, 100).await.unwrap();
    tx.commit().await.unwrap();
    context.store.close().await.unwrap();
    config
}

async fn refusal(config: &Config) -> String {
    match open_store(config).await {
        Ok(_) => panic!("opened"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn nothing_is_made_by_looking_and_everything_by_creating() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    assert!(refusal(&config).await.contains("muster migrate"));
    assert_eq!(pending_at(&config).await.unwrap(), muster_migrations::names());
    assert!(!config.data_dir().exists());
    let dir = tempfile::tempdir().unwrap();
    let config = installed(dir.path()).await;
    assert_eq!(look(&config).await.unwrap(), Found { keys: true, installation: true });
    assert!(pending_at(&config).await.unwrap().is_empty());
    open_store(&config).await.unwrap();
}

#[tokio::test]
async fn lost_keys_are_never_replaced_and_foreign_ones_are_named() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (config, other) = (installed(dir.path()).await, installed(other.path()).await);
    let (keys, kept) = (config.keys_dir(), dir.path().join("kept"));
    std::fs::rename(&keys, &kept).unwrap();
    assert!(refusal(&config).await.contains("backup of your keys"));
    let made = create_store(&config).await.map(|_| ()).unwrap_err().to_string();
    assert!(made.contains("backup of your keys") && !keys.exists(), "{made}");

    std::fs::rename(&kept, &keys).unwrap();
    for file in ["master.key", "audit-signing.key"] {
        let own = std::fs::read(keys.join(file)).unwrap();
        std::fs::copy(other.keys_dir().join(file), keys.join(file)).unwrap();
        let sentence = refusal(&config).await;
        let named = if file == "master.key" { "epoch-" } else { file };
        assert!(sentence.contains(named), "{sentence}");
        std::fs::write(keys.join(file), own).unwrap();
    }
    open_store(&config).await.unwrap();
}

#[tokio::test]
async fn one_service_a_folder_and_one_process_a_port() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = installed(dir.path()).await;
    let lock = lock_folder(&config).unwrap();
    assert!(lock_folder(&config).unwrap_err().to_string().contains("another muster runs"));
    drop(lock);
    lock_folder(&config).unwrap();

    let listener = listen(&config).await.unwrap();
    config.server.listen = listener.local_addr().unwrap();
    let sentence = listen(&config).await.unwrap_err().to_string();
    assert!(sentence.contains("server.listen") && sentence.contains("in use"), "{sentence}");
}

#[tokio::test]
async fn serving_needs_a_mail_server() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let sentence = outside(&config).map(|_| ()).unwrap_err().to_string();
    assert!(sentence.contains("[smtp]"), "{sentence}");
    let smtp = "host = \"127.0.0.1\"\nsecurity = \"none\"";
    config.smtp = Some(toml::from_str(smtp).unwrap());
    let outside = outside(&config).unwrap();
    assert_eq!((outside.rooms[0].name(), outside.heartbeat.is_some()), ("built-in", false));
}
