//! The preview over loopback, and the verbs that look at the machine and the private state.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn maillage(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

struct Preview {
    child: Child,
    port: u16,
}

impl Preview {
    fn new(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_maillage"))
            .args(["serve", "--port", "0"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        assert!(line.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, port }
    }

    /// The bytes of a request as they are, so that no client tidies the path.
    fn get(&self, path: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
    }

    fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

fn published() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("published/releases/one");
    fs::create_dir_all(release.join("donnees")).unwrap();
    fs::create_dir_all(release.join("vide")).unwrap();
    fs::write(release.join("index.html"), "<h1>accueil</h1>").unwrap();
    fs::write(release.join("donnees/a.csv"), "parc\nbeauport\n").unwrap();
    fs::write(release.join("donnees/a.parquet"), "PAR1").unwrap();
    fs::write(release.join("a.svg"), "<svg/>").unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    fs::write(folder.path().join("published/secret.txt"), "secret").unwrap();
    std::os::unix::fs::symlink("releases/one", folder.path().join("published/current")).unwrap();
    folder
}

#[test]
fn the_preview_serves_the_current_release_with_types_and_a_policy() {
    let folder = published();
    let preview = Preview::new(folder.path());
    for (path, kind, body) in [
        ("/", "text/html; charset=utf-8", "<h1>accueil</h1>"),
        ("/donnees/a.csv", "text/csv; charset=utf-8", "parc\nbeauport\n"),
        ("/donnees/a.parquet", "application/vnd.apache.parquet", "PAR1"),
        ("/a.svg", "image/svg+xml", "<svg/>"),
    ] {
        let (status, head, text) = preview.get(path);
        assert_eq!((status, text.as_str()), (200, body), "{path}");
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
        assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    }
    let release = folder.path().join("published/releases/two");
    fs::create_dir_all(&release).unwrap();
    fs::write(release.join("index.html"), "deux").unwrap();
    let link = folder.path().join("published/.current");
    std::os::unix::fs::symlink("releases/two", &link).unwrap();
    fs::rename(link, folder.path().join("published/current")).unwrap();
    assert_eq!(preview.get("/").2, "deux");
    // The address of a release never changes.
    assert_eq!(preview.get("/releases/one/donnees/a.csv").2, "parc\nbeauport\n");
    assert_eq!(preview.end(), Some(0));
}

#[test]
fn the_preview_lists_no_folder_and_lets_no_path_out() {
    let folder = published();
    let preview = Preview::new(folder.path());
    for path in [
        "/donnees/",
        "/vide/",
        "/../secret.txt",
        "/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/donnees/..%2f..%2f..%2fsecret.txt",
        "/releases/",
        "/releases/../secret.txt",
        "/releases/%2e%2e%2fsecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/donnees/a.csv%00.html",
        "/absent.html",
    ] {
        let (status, head, body) = preview.get(path);
        assert!(status >= 400, "{path}: {status} {body}");
        assert!(
            !body.contains("secret") && !body.contains("root:") && !body.contains("a.csv"),
            "{path}: {body}"
        );
        assert!(head.contains("nosniff"), "{path}: {head}");
    }
    let busy = maillage(folder.path(), &["serve", "--port", &preview.port.to_string()]);
    assert_eq!(busy.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&busy.stderr).contains("--port 0"));
    assert_eq!(preview.end(), Some(0));
}

#[test]
fn a_path_that_no_folder_can_hold_is_not_found_and_a_longer_one_is_too_long() {
    let folder = published();
    let preview = Preview::new(folder.path());
    for (length, expected) in [(300, 404), (2_000, 404), (9_000, 414)] {
        let (status, head, _) = preview.get(&format!("/{}", "a".repeat(length)));
        assert_eq!(status, expected, "{length}: {head}");
        assert!(head.contains("nosniff"), "{length}: {head}");
    }
    assert_eq!(preview.end(), Some(0));
}

#[test]
fn who_begins_a_request_and_does_not_end_it_does_not_keep_the_preview_alive() {
    let folder = published();
    let preview = Preview::new(folder.path());
    let mut stream = TcpStream::connect(("127.0.0.1", preview.port)).unwrap();
    stream.write_all(b"GET / HT").unwrap();
    // An answer to somebody else says that the connection before was taken.
    assert_eq!(preview.get("/").0, 200);
    let begun = std::time::Instant::now();
    assert_eq!(preview.end(), Some(0));
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(stream);
}

#[test]
fn without_a_release_there_is_nothing_to_preview() {
    let folder = tempfile::tempdir().unwrap();
    let output = maillage(folder.path(), &["serve"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("maillage run"));
}

#[test]
fn the_doctor_finds_what_is_wrong_with_state_key_and_published_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |arguments: &[&str]| {
        let output = maillage(folder.path(), &[&["doctor", "--json"], arguments].concat());
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let wrong: Vec<String> = answer["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| check["ok"] == false)
            .map(|check| check["check"].as_str().unwrap().to_owned())
            .collect();
        (output.status.code(), wrong)
    };
    assert_eq!(ask(&[]), (Some(0), vec![]));
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(state.join("pseudonymes.cle"), [7; 31]).unwrap();
    let (code, wrong) = ask(&["--state", "state"]);
    assert_eq!(code, Some(1));
    assert!(wrong.len() == 2 && wrong[0].contains("state folder") && wrong[1].contains("key"), "{wrong:?}");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(state.join("pseudonymes.cle"), [7; 32]).unwrap();
    fs::set_permissions(state.join("pseudonymes.cle"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(ask(&["--state", "state"]), (Some(0), vec![]));
    let (code, wrong) = ask(&["--state", "state", "--published", "state/published"]);
    assert!(code == Some(1) && wrong[0].contains("published"), "{wrong:?}");
}

#[test]
fn every_shell_gets_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = maillage(folder.path(), &["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("explain"), "{shell}");
    }
    assert_eq!(maillage(folder.path(), &["completions", "cobol"]).status.code(), Some(2));
}
