//! What platforms answer, on a real socket: statuses, secrets that they repeat, tokens, encodings and headers.

use super::http_faults_tests::{Act, Heard, answer, packed, platform};
use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, address, read_source};
use crate::model::{Finding, FindingKind};
use std::path::Path;
use std::sync::{Arc, Mutex};

const PAGE: &str = r#"{"data":[{"nom":"A"}]}"#;
const BEARER: &str = "authentication = { kind = \"bearer\", token_env = \"TOKEN\" }";

async fn read_at(address: &str, pointer: &str, keys: &str) -> Result<SourceRead, IngestError> {
    let source = source(&format!("{pointer}[http]\nurl = \"{address}/flux\"\n{keys}"));
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    read_source(&source, &mapping, &context(Path::new("."), &Memory::default())).await
}

async fn read(address: &str, keys: &str) -> Result<SourceRead, IngestError> {
    read_at(address, "pointer = \"/data\"\n", keys).await
}

fn asked(heard: &Arc<Mutex<Heard>>) -> usize {
    heard.lock().unwrap().requests.len()
}

fn titled(title: &str) -> Act {
    answer("403 Forbidden\r\nContent-Type: application/problem+json", &format!(r#"{{"title":"{title}"}}"#))
}

fn credentials(address: &str, id: &str) -> String {
    format!(
        "authentication = {{ kind = \"client_credentials\", token_url = \"{address}/token\", client_id = \"{id}\", \
         client_secret_env = \"TOKEN\" }}"
    )
}

fn token() -> Act {
    answer("200 OK", r#"{"access_token":"TOKtok123456","token_type":"Bearer"}"#)
}

#[tokio::test]
async fn a_title_that_repeats_a_secret_is_not_shown() {
    let basic = "authentication = { kind = \"basic\", user = \"moi\", password_env = \"TOKEN\" }";
    let query = "authentication = { kind = \"api_key_query\", parameter = \"cle\", key_env = \"TOKEN\" }";
    let packed = format!("Basic {}", address::base64(b"moi:s3cret"));
    for (keys, title, sent) in [
        (basic, "Mot de passe s3cret", packed.as_str()),
        (basic, "Basic bW9pOnMzY3JldA==", packed.as_str()),
        (query, "Forbidden: /flux?cle=s3cret", "cle=s3cret"),
        (query, "Forbidden: /flux?cle=%733cret", "cle=s3cret"),
        (BEARER, "Token s3cret", "Bearer s3cret"),
        (BEARER, "Token S3CRET", "Bearer s3cret"),
    ] {
        let (address, heard) = platform(vec![titled(title)]).await;
        let error = read(&address, keys).await.unwrap_err();
        assert!(heard.lock().unwrap().requests[0].contains(sent), "{title}: the secret was never sent");
        assert!(error.to_string().contains("it answers 403\n"), "{title}: {error}");
        assert_eq!(error.exit_code(), 69);
    }
    for title in ["Token TOKtok123456 lacks scope", "… TOKtok12…", "Client secret s3cret disabled"] {
        let (address, heard) = platform(vec![token(), titled(title)]).await;
        let error = read(&address, &credentials(&address, "moi")).await.unwrap_err().to_string();
        assert!(heard.lock().unwrap().requests[1].contains("TOKtok123456"));
        assert!(error.contains("it answers 403\n"), "{title}: {error}");
    }
    let (address, _) = platform(vec![token(), titled("Quota épuisé")]).await;
    let error = read(&address, &credentials(&address, "moi")).await.unwrap_err().to_string();
    assert!(error.contains("(“Quota épuisé”)"), "{error}");
}

#[tokio::test]
async fn only_a_whole_answer_is_a_page() {
    for status in ["206 Partial Content\r\nContent-Range: bytes 0-20/99", "201 Created", "207 Multi-Status"] {
        let (address, heard) = platform(vec![answer(status, PAGE)]).await;
        let error = read(&address, "").await.unwrap_err();
        assert!(error.to_string().contains(&status[..3]), "{error}");
        assert_eq!((error.exit_code(), asked(&heard)), (69, 1));
    }
    let (address, heard) = platform(vec![answer("204 No Content", "")]).await;
    assert!(read(&address, "").await.unwrap_err().to_string().contains("it answers 204"));
    assert_eq!(asked(&heard), 1);
    let (address, _) = platform(vec![answer("203 Non-Authoritative Information", PAGE)]).await;
    assert_eq!(read(&address, "").await.unwrap().rows.len(), 1);
    // What is accepted comes later.
    let accepted = || answer("202 Accepted\r\nRetry-After: 0", "");
    let (address, heard) = platform(vec![accepted(), answer("200 OK", PAGE)]).await;
    assert_eq!(read(&address, "retries = 1").await.unwrap().rows.len(), 1);
    assert_eq!(asked(&heard), 2);
    let (address, heard) = platform(vec![accepted(), accepted()]).await;
    assert_eq!(read(&address, "retries = 1").await.unwrap_err().exit_code(), 75);
    assert_eq!(asked(&heard), 2);
}

#[tokio::test]
async fn a_token_is_asked_for_again_while_that_may_help() {
    let busy = || answer("503 Busy\r\nRetry-After: 0", "");
    let (address, heard) = platform(vec![busy(), Act::Reset, token(), answer("200 OK", PAGE)]).await;
    let keys = format!("retries = 2\n{}", credentials(&address, "moi"));
    assert_eq!(read(&address, &keys).await.unwrap().rows.len(), 1);
    // The reset connection was never read.
    assert_eq!((asked(&heard), heard.lock().unwrap().resets), (3, 1));

    let (address, heard) = platform(vec![busy(), busy()]).await;
    let keys = format!("retries = 1\n{}", credentials(&address, "moi"));
    let error = read(&address, &keys).await.unwrap_err();
    assert!(error.to_string().contains("/token"), "{error}");
    assert_eq!((error.exit_code(), asked(&heard)), (75, 2));

    for status in ["400 Bad Request", "401 Unauthorized"] {
        let (address, heard) = platform(vec![answer(status, r#"{"error":"invalid_client"}"#)]).await;
        let error = read(&address, &credentials(&address, "moi")).await.unwrap_err();
        assert_eq!((error.exit_code(), asked(&heard)), (69, 1), "{error}");
    }
}

#[tokio::test]
async fn client_credentials_are_form_encoded_before_they_are_packed() {
    let (address, heard) = platform(vec![token(), answer("200 OK", PAGE)]).await;
    read(&address, &credentials(&address, "a b+c:d")).await.unwrap();
    let sent = format!("Basic {}", address::base64(b"a+b%2Bc%3Ad:s3cret"));
    assert!(heard.lock().unwrap().requests[0].contains(&sent));
}

#[tokio::test]
async fn the_encoding_of_the_header_is_read_and_a_wrong_one_is_told() {
    let kinds = |read: &SourceRead| read.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>();
    for (body, label, keys, is_told) in [
        (&b"nom;t\nM\x82taux;1\n"[..], "IBM850", "", false),
        (&b"nom;t\nM\x82taux;1\n"[..], "utf-8", "encoding = \"cp850\"", false),
        ("nom;t\nMétaux;1\n".as_bytes(), "iso-8859-1", "", true),
        ("\u{feff}nom;t\nMétaux;1\n".as_bytes(), "cp850", "", true),
    ] {
        let head = format!("200 OK\r\nContent-Type: text/csv; charset={label}");
        let (address, requests) = platform(vec![packed(&head, body)]).await;
        let read = read_at(&address, &format!("[text]\n{keys}\n"), "").await.unwrap();
        let row = &read.rows[0];
        assert_eq!(row.cells.values().next().unwrap().value.reveal(), "Métaux", "{label}");
        assert_eq!(kinds(&read).contains(&FindingKind::CharsetContradicted), is_told, "{label}");
        assert_eq!(asked(&requests), 1);
    }
}

#[tokio::test]
async fn a_redirect_on_the_host_is_followed_without_a_referer() {
    let away = answer("302 Found\r\nLocation: /autre", "");
    let (address, heard) = platform(vec![away, answer("200 OK", PAGE)]).await;
    let keys = "authentication = { kind = \"api_key_query\", parameter = \"cle\", key_env = \"TOKEN\" }";
    assert_eq!(read(&address, keys).await.unwrap().rows.len(), 1);
    let heard = heard.lock().unwrap();
    assert!(
        heard.requests[0].starts_with("GET /flux?cle=s3cret ")
            && heard.requests[1].starts_with("GET /autre ")
    );
    assert!(!heard.requests[1].to_lowercase().contains("referer"), "{}", heard.requests[1]);
}

#[tokio::test]
async fn many_headers_a_cut_body_behind_a_mark_and_a_closed_port_are_met() {
    let many: String = (0..300).map(|rank| format!("\r\nX-{rank}: a")).collect();
    let (address, _) = platform(vec![answer(&format!("200 OK{many}"), PAGE)]).await;
    assert_eq!(read(&address, "retries = 0").await.unwrap().rows.len(), 1);

    let cut = packed("200 OK", b"\xEF\xBB\xBF{\"data\":[{\"nom\":\"A\"}");
    let (address, heard) = platform(vec![cut, answer("200 OK", PAGE)]).await;
    assert_eq!(read(&address, "retries = 1").await.unwrap().rows.len(), 1);
    assert_eq!(asked(&heard), 2);

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = read(&format!("http://{free}"), "retries = 0").await.unwrap_err();
    assert!(error.to_string().contains("the connection is refused"), "{error}");
}

#[tokio::test]
async fn one_record_a_line_may_be_one_record() {
    let lines =
        answer("200 OK\r\nContent-Type: application/x-ndjson", "{\"nom\":\"A\",\"codes\":[\"1\",\"2\"]}\n");
    let (address, _) = platform(vec![lines]).await;
    assert_eq!(read_at(&address, "", "").await.unwrap().rows.len(), 1);
    // Records inside are those that are meant.
    for around in [r#"{"nom":"liste","data":[{"nom":"A"}]}"#, r#"{"nom":"liste","data":[]}"#] {
        let (address, _) = platform(vec![answer("200 OK", around)]).await;
        let error = read_at(&address, "", "").await.unwrap_err().to_string();
        assert!(error.contains("set `pointer`"), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_that_is_not_followed_is_told_apart() {
    for (location, said) in [
        ("https://127.0.0.1/flux", "from `http` to `https`"),
        ("ftp://127.0.0.1/flux", "not HTTP"),
        ("http://127.0.0.1:9/flux", "another host or port"),
        ("/flux", "again and again"),
    ] {
        let acts = (0..6).map(|_| answer(&format!("302 Found\r\nLocation: {location}"), "")).collect();
        let (address, _) = platform(acts).await;
        let error = read(&address, "").await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(error.exit_code(), 69);
    }
}

#[tokio::test]
async fn a_body_that_is_not_packed_as_its_header_says_is_asked_for_once() {
    let (address, heard) = platform(vec![packed("200 OK\r\nContent-Encoding: gzip", PAGE.as_bytes())]).await;
    let error = read(&address, "retries = 3").await.unwrap_err();
    assert!(error.to_string().contains("`Content-Encoding`"), "{error}");
    assert_eq!((error.exit_code(), asked(&heard)), (65, 1));
}

#[tokio::test]
async fn an_address_that_repeats_a_secret_is_not_shown() {
    for path in ["s/s3cret", "s/%733cret", "S3CRET-1"] {
        let first = format!(r#"{{"data":[{{"nom":"A"}}],"suite":"/flux/{path}/2"}}"#);
        let (address, heard) = platform(vec![answer("200 OK", &first), answer("404 Not Found", "")]).await;
        let keys = format!("{BEARER}\npaging = {{ kind = \"next_link\", pointer = \"/suite\" }}");
        let error = read(&address, &keys).await.unwrap_err().to_string();
        assert!(heard.lock().unwrap().requests[1].contains(path));
        assert!(error.contains("***/2`, page 2") && !error.to_lowercase().contains("3cret"), "{error}");
    }
}

#[tokio::test]
async fn a_heading_that_repeats_a_secret_is_masked() {
    for (pointer, body) in
        [("pointer = \"/data\"\n", r#"{"data":[{"nom":"A","s3cret":"1"}]}"#), ("", "nom;jeton s3cret\nA;1\n")]
    {
        let (address, _) = platform(vec![answer("200 OK", body)]).await;
        let read = read_at(&address, pointer, BEARER).await.unwrap();
        let told = |finding: &&Finding| finding.kind == FindingKind::NewColumn;
        let finding = read.findings.iter().find(told).unwrap();
        assert_eq!(finding.read.reveal(), "***");
        assert!(finding.column.as_deref().is_some_and(|column| !column.contains("s3cret")));
        let row = &read.rows[0];
        assert_eq!(&*row.unmapped[0].header, "***");
        assert!(row.headings.iter().all(|heading| !format!("{heading:?}").contains("s3cret")));
    }
}
