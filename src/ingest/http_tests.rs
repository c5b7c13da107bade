//! A platform that misbehaves on a real socket.

use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, read_source};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Answers requests with the given responses in order, one a connection, and keeps what was asked.
async fn platform(responses: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    let own = address.clone();
    tokio::spawn(async move {
        for response in responses {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            heard.lock().unwrap().push(String::from_utf8(request).unwrap());
            stream.write_all(response.replace("{own}", &own).as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (address, asked)
}

fn response(head: &str, body: &str) -> String {
    let length = body.replace("{own}", "http://127.0.0.1:00000").len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

async fn read(address: &str, keys: &str, memory: &Memory) -> Result<SourceRead, IngestError> {
    let source = source(&format!("pointer = \"/data\"\n[http]\nurl = \"{address}/flux?cle=secret\"\n{keys}"));
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    read_source(&source, &mapping, &context(Path::new("."), memory)).await
}

const ONE: &str = r#"{"data":[{"nom":"A"}]}"#;
const TWO: &str = r#"{"data":[{"nom":"B"}]}"#;
const NONE: &str = r#"{"data":[]}"#;

#[tokio::test]
async fn pages_turn_until_one_is_empty_and_the_token_is_sent() {
    let pages = vec![response("200 OK", ONE), response("200 OK", TWO), response("200 OK", NONE)];
    let (address, asked) = platform(pages).await;
    let keys = "authentication = { kind = \"bearer\", token_env = \"TOKEN\" }\n\
                paging = { kind = \"offset\", parameter = \"o\", limit_parameter = \"l\", limit = 1 }";
    let read = read(&address, keys, &Memory::default()).await.unwrap();
    assert_eq!((read.rows.len(), read.snapshots.len()), (2, 3));
    let asked = asked.lock().unwrap();
    assert!(asked[0].to_lowercase().contains("authorization: bearer s3cret"));
    assert!(asked[1].starts_with("GET /flux?cle=secret&o=1&l=1 "), "{}", asked[1]);
}

#[tokio::test]
async fn a_busy_platform_and_a_truncated_body_are_asked_again() {
    let truncated = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{\"data\"".to_owned();
    let closed = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"data\":[{\"nom\":\"A\"}".to_owned();
    let busy = response("429 Too Many Requests\r\nRetry-After: 0", "");
    let (address, asked) = platform(vec![busy, truncated, closed, response("200 OK", ONE)]).await;
    let read = read(&address, "retries = 3", &Memory::default()).await.unwrap();
    assert_eq!(read.rows.len(), 1);
    assert_eq!(asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_wait_beyond_the_cap_ends_the_run_with_its_own_code() {
    let (address, asked) = platform(vec![response("503 Busy\r\nRetry-After: 9999", "")]).await;
    let error = read(&address, "", &Memory::default()).await.unwrap_err();
    assert!(error.to_string().contains("asks to wait 9999 s"), "{error}");
    assert_eq!((error.exit_code(), asked.lock().unwrap().len()), (75, 1));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn links_lead_to_the_next_page_but_never_to_another_host() {
    let first = r#"{"data":[{"nom":"A"}],"next":"/flux?page=2"}"#;
    let second = r#"{"data":[{"nom":"B"}],"next":"http://elsewhere.invalid/flux"}"#;
    let (address, asked) = platform(vec![response("200 OK", first), response("200 OK", second)]).await;
    let keys = "paging = { kind = \"next_link\", pointer = \"/next\" }";
    let error = read(&address, keys, &Memory::default()).await.unwrap_err();
    assert!(error.to_string().contains("another host"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 2);

    let linked = response("200 OK\r\nLink: </flux?page=2>; rel=\"next\"", ONE);
    let (address, _) = platform(vec![linked, response("200 OK", TWO)]).await;
    let read = read(&address, "paging = { kind = \"next_link\" }", &Memory::default()).await.unwrap();
    assert_eq!(read.rows.len(), 2);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_refused() {
    let away = response("302 Found\r\nLocation: http://elsewhere.invalid/", "");
    let (address, _) = platform(vec![away]).await;
    let error = read(&address, "", &Memory::default()).await.unwrap_err();
    assert!(error.to_string().contains("redirects to another host"), "{error}");
    assert_eq!(error.exit_code(), 69);
}

#[tokio::test]
async fn an_unchanged_page_comes_from_its_snapshot() {
    let memory = Memory::default();
    let pages = vec![response("200 OK\r\nETag: \"v1\"", ONE), "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()];
    let (address, asked) = platform(pages).await;
    let first = read(&address, "", &memory).await.unwrap();
    let again = read(&address, "", &memory).await.unwrap();
    assert_eq!((first.rows, first.snapshots), (again.rows, again.snapshots));
    assert!(asked.lock().unwrap()[1].to_lowercase().contains("if-none-match: \"v1\""));
}

#[tokio::test]
async fn another_signature_or_another_source_remembers_nothing_of_an_address() {
    let memory = Memory::default();
    let pages = [ONE, TWO, TWO].map(|page| response("200 OK\r\nETag: \"v1\"", page));
    let (address, asked) = platform(Vec::from(pages)).await;
    let signed = "authentication = { kind = \"bearer\", token_env = \"TOKEN\" }";
    for keys in ["", signed] {
        read(&address, keys, &memory).await.unwrap();
    }
    let mut other =
        source(&format!("pointer = \"/data\"\n[http]\nurl = \"{address}/flux?cle=secret\"\n{signed}"));
    "autre".clone_into(&mut other.name);
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    read_source(&other, &mapping, &context(Path::new("."), &memory)).await.unwrap();
    let asked = asked.lock().unwrap();
    let is_new = |request: &String| !request.to_lowercase().contains("if-none-match");
    assert!(asked.len() == 3 && asked.iter().all(is_new), "{asked:?}");
}

#[tokio::test]
async fn an_optional_platform_is_absent_only_where_nothing_is() {
    let first = response("200 OK", ONE);
    for (pages, is_absent) in [
        (vec![response("404 Not Found", "")], true),
        (vec![response("410 Gone", "")], true),
        (vec![response("401 Unauthorized", "")], false),
        (vec![response("503 Busy\r\nRetry-After: 9999", "")], false),
        (vec![first.clone(), response("500 Broken", "")], false),
    ] {
        let most = pages.len();
        let (address, asked) = platform(pages).await;
        let paging = "paging = { kind = \"page\", parameter = \"p\" }\nretries = 0";
        let keys =
            format!("optional = true\npointer = \"/data\"\n[http]\nurl = \"{address}/flux\"\n{paging}");
        let (source, mapping) = (source(&keys), mapping("[columns]\nnom = \"nom\"\n"));
        let read = read_source(&source, &mapping, &context(Path::new("."), &Memory::default())).await;
        let told = read.ok().map(|read| (read.absent.is_some(), read.findings.len()));
        assert_eq!(told, is_absent.then_some((true, 1)));
        assert_eq!(asked.lock().unwrap().len(), most, "not every answer was asked for, or one twice");
    }
}

#[tokio::test]
async fn too_large_a_response_is_refused_with_and_without_its_length() {
    let open = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{ONE}");
    for page in [response("200 OK", ONE), open] {
        let (address, asked) = platform(vec![page]).await;
        let error = read(&address, "maximum_bytes = 9", &Memory::default()).await.unwrap_err();
        assert!(error.to_string().contains("larger than 9 bytes"), "{error}");
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_unset_secret_is_named_and_nothing_is_asked() {
    let keys = "authentication = { kind = \"api_key\", header = \"X-Key\", key_env = \"ABSENT\" }";
    let error = read("http://127.0.0.1:9", keys, &Memory::default()).await.unwrap_err();
    assert!(error.to_string().contains("`ABSENT`"), "{error}");
    assert_eq!(error.exit_code(), 78);
}
