//! `muster assess` as somebody runs it who has a file of evidence and no installation.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assess")
}

/// In an empty folder and without our environment: nothing but the program and its input.
fn muster_assess(input: &[u8], more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["assess", "--input", "-"])
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    output
}

fn answers(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_file_of_evidence_is_judged_line_by_line_without_an_installation() {
    let mut expected = Vec::new();
    let mut input = String::new();
    for name in ["claim", "place", "clock", "path", "latency", "travel", "together"] {
        let text = std::fs::read_to_string(samples().join(name).with_extension("ndjson")).unwrap();
        for sample in text.lines() {
            let sample: Value = serde_json::from_str(sample).unwrap();
            input += &format!("{}\n", sample["line"]);
            expected.push(sample);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.ndjson");
    std::fs::write(&file, &input).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["assess", "--json", "--input"])
        .arg(&file)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "findings are no failure");
    let answers = answers(&output);
    assert_eq!(answers.len(), expected.len());
    for (answer, sample) in answers.iter().zip(&expected) {
        let (line, expect) = (&sample["line"], &sample["expect"]);
        assert_eq!((&answer["id"], &answer["assurance"]), (&line["id"], &expect["assurance"]));
        let findings = answer["findings"].as_array().unwrap();
        assert_eq!(findings.len(), expect["findings"].as_array().unwrap().len(), "{line}");
        for finding in findings {
            let mut fields: Vec<&str> =
                finding.as_object().unwrap().keys().map(String::as_str).collect();
            fields.sort_unstable();
            assert_eq!(
                fields,
                [
                    "evidence",
                    "family",
                    "rule_id",
                    "sentence_employee",
                    "sentence_reviewer",
                    "severity",
                    "status"
                ]
            );
        }
    }
    let again = muster_assess(input.as_bytes(), &["--json"]);
    assert_eq!(again.stdout, output.stdout, "from standard input the same bytes");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn a_bad_line_is_told_and_the_rest_goes_on() {
    let good = r#"{"id":"good","at":"2026-06-01T09:30:00Z"}"#;
    let mut input = format!("\u{feff}{good}\n\nno json\n").into_bytes();
    input.extend(b"{\"id\":5,\"at\":\"yesterday\",\"claim\":{\"latitude\":1}}\n\xff\xfe\n");
    input.extend(std::iter::repeat_n(b' ', 3 << 20));
    input.extend(format!("\r\n{good}\r\n{good}").as_bytes());
    let output = muster_assess(&input, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    let ids: Vec<Value> = answers.iter().map(|a| a["id"].clone()).collect();
    assert_eq!(
        ids,
        [
            "good".into(),
            Value::Null,
            5.into(),
            Value::Null,
            Value::Null,
            "good".into(),
            "good".into()
        ]
    );
    let error = |at: usize| answers[at]["error"].as_str().unwrap();
    assert_eq!(error(1), "line 3: the line is not JSON (column 2)");
    assert!(
        error(2).starts_with("line 4: `at` must not be `yesterday`; accepted: an instant"),
        "{}",
        error(2)
    );
    assert!(
        error(2).contains("there is no field `claim.latitude`; accepted: status, lat"),
        "{}",
        error(2)
    );
    assert!(error(3).starts_with("line 5: the line is not JSON"), "{}", error(3));
    assert_eq!(error(4), "line 6: the line is longer than 1048576 bytes");
    for bad in [1, 2, 3, 4] {
        let fields: Vec<&String> = answers[bad].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["error", "id"]);
    }
    let text = String::from_utf8(muster_assess(&input, &[]).stdout).unwrap();
    for part in [
        "good inconclusive\n  low claim-missing (claim): No place was shared (not asked).\n",
        "line 4 (5) was not judged: `at` must not be `yesterday`",
        "3 judged: 3 inconclusive; 4 not judged\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn an_answer_comes_before_the_next_line_is_waited_for() {
    use std::io::{BufRead as _, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["assess", "--input", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut stdout = BufReader::new(stdout);
    for id in 1..=3 {
        writeln!(stdin, r#"{{"id":{id},"at":"2026-06-01T09:30:00Z"}}"#).unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("{{\"id\":{id},")), "{answer}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_second_implementation_agrees_on_distances_speeds_light_and_the_schema() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/check_assess.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_muster"))
        .arg(samples())
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{error}");
}

#[test]
fn what_cannot_be_run_says_why() {
    let run = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_muster");
        Command::new(program).arg("assess").args(arguments).output().unwrap()
    };
    let missing = run(&["--input", "nowhere.ndjson"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot read nowhere.ndjson"));
    assert_eq!(run(&[]).status.code(), Some(2));
    let empty = muster_assess(b"", &[]);
    assert_eq!((empty.status.code(), empty.stdout), (Some(0), b"0 judged\n".to_vec()));
}
