//! Faults of a platform on a real socket; every test proves that its fault fired.

use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, read_source};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the platform does with one connection.
pub(super) enum Act {
    /// Answers.
    Answer(Vec<u8>),
    /// Answers so, but whoever has a validator with 304 and nothing else.
    Unchanged(Vec<u8>),
    /// Closes without reading, so that the system resets the connection.
    Reset,
    /// Says this much and then nothing for a while.
    Stall(&'static [u8], Duration),
}

/// Requests as they came, and the faults that fired.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) requests: Vec<String>,
    pub(super) resets: u32,
    stalls: u32,
    unchanged: u32,
}

pub(super) async fn platform(acts: Vec<Act>) -> (String, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Heard::default()));
    let log = Arc::clone(&heard);
    tokio::spawn(async move {
        for act in acts {
            let (mut stream, _) = listener.accept().await.unwrap();
            match act {
                Act::Reset => {
                    stream.readable().await.unwrap();
                    drop(stream);
                    log.lock().unwrap().resets += 1;
                }
                Act::Stall(bytes, time) => {
                    let request = request(&mut stream).await;
                    log.lock().unwrap().requests.push(request);
                    stream.write_all(bytes).await.unwrap();
                    log.lock().unwrap().stalls += 1;
                    tokio::time::sleep(time).await;
                }
                Act::Answer(bytes) => {
                    let request = request(&mut stream).await;
                    log.lock().unwrap().requests.push(request);
                    // Whoever has seen enough may be gone already.
                    let _gone = stream.write_all(&bytes).await;
                    let _gone = stream.shutdown().await;
                }
                Act::Unchanged(fresh) => {
                    let request = request(&mut stream).await;
                    let asked = request.to_lowercase();
                    let is_known = asked.contains("if-none-match:") || asked.contains("if-modified-since:");
                    log.lock().unwrap().requests.push(request);
                    log.lock().unwrap().unchanged += u32::from(is_known);
                    let same = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec();
                    stream.write_all(if is_known { &same } else { &fresh }).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
            }
        }
    });
    (address, heard)
}

/// Head and body of a request.
async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head.to_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length:").and_then(|length| length.trim().parse::<usize>().ok())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    head + &String::from_utf8(body).unwrap()
}

pub(super) fn packed(head: &str, body: &[u8]) -> Act {
    let mut bytes = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())
        .into_bytes();
    bytes.extend_from_slice(body);
    Act::Answer(bytes)
}

pub(super) fn answer(head: &str, body: &str) -> Act {
    packed(head, body.as_bytes())
}

fn page(name: &str, rest: &str) -> Act {
    answer("200 OK", &format!(r#"{{"data":[{{"nom":"{name}"}}]{rest}}}"#))
}

async fn read(address: &str, keys: &str) -> Result<SourceRead, IngestError> {
    read_again(address, keys, &Memory::default()).await
}

/// As another night reads, with what the nights before left.
async fn read_again(address: &str, keys: &str, memory: &Memory) -> Result<SourceRead, IngestError> {
    let source = source(&format!("pointer = \"/data\"\n[http]\nurl = \"{address}/flux\"\n{keys}"));
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    read_source(&source, &mapping, &context(Path::new("."), memory)).await
}

/// What a platform gives that answers 304 to a validator that it gave.
fn validated(head: &str, name: &str, rest: &str) -> Act {
    match answer(&format!("200 OK\r\n{head}"), &format!(r#"{{"data":[{{"nom":"{name}"}}]{rest}}}"#)) {
        Act::Answer(bytes) => Act::Unchanged(bytes),
        other => other,
    }
}

const CURSOR: &str = "paging = { kind = \"cursor\", parameter = \"apres\", pointer = \"/suite\" }";

#[tokio::test]
async fn a_reset_connection_is_tried_again() {
    let (address, heard) = platform(vec![Act::Reset, page("A", "")]).await;
    assert_eq!(read(&address, "retries = 1").await.unwrap().rows.len(), 1);
    let heard = heard.lock().unwrap();
    assert_eq!((heard.resets, heard.requests.len()), (1, 1));
}

#[tokio::test]
async fn a_platform_that_stalls_is_left_after_its_time() {
    // Before its answer, and in the middle of a body.
    for begun in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\":[{\"nom\":\"A\"}"] {
        let (address, heard) = platform(vec![Act::Stall(begun, Duration::from_secs(20))]).await;
        let start = Instant::now();
        let error = read(&address, "retries = 0\ntotal_seconds = 1").await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(8));
        assert!(error.to_string().contains("did not answer in time"), "{error}");
        assert_eq!((error.exit_code(), heard.lock().unwrap().stalls), (69, 1));
    }
}

#[tokio::test]
async fn a_chunked_body_that_is_cut_off_is_asked_for_again_though_what_came_is_whole_json() {
    let opening = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let first = r#"{"data":[{"nom":"A"}]}"#;
    let chunk = format!("{opening}{:x}\r\n{first}\r\n", first.len());
    let cut = |bytes: &str| Act::Answer(bytes.as_bytes().to_vec());
    // Behind a chunk, and inside one.
    let acts = vec![cut(&chunk), cut(&chunk[..chunk.len() - 7]), cut(&format!("{chunk}0\r\n\r\n"))];
    let (address, heard) = platform(acts).await;
    assert_eq!(read(&address, "retries = 2").await.unwrap().rows.len(), 1);
    assert_eq!(heard.lock().unwrap().requests.len(), 3);
}

#[tokio::test]
async fn a_length_that_lies_is_noticed_and_tried_again() {
    let short =
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"data\":[{\"nom\":\"A\"}]}"
            .to_vec();
    let long =
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\n{\"data\":[{\"nom\":\"A\"}]}"
            .to_vec();
    let (address, heard) = platform(vec![Act::Answer(short), Act::Answer(long), page("A", "")]).await;
    assert_eq!(read(&address, "retries = 2").await.unwrap().rows.len(), 1);
    assert_eq!(heard.lock().unwrap().requests.len(), 3);
}

#[tokio::test]
async fn a_busy_platform_is_obeyed_in_both_forms_and_one_that_stays_busy_ends_with_its_own_code() {
    let date =
        "429 Slow\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:28:01 GMT";
    let (address, heard) =
        platform(vec![answer(date, ""), answer("503 Busy\r\nRetry-After: 0", ""), page("A", "")]).await;
    let start = Instant::now();
    assert_eq!(read(&address, "retries = 2").await.unwrap().rows.len(), 1);
    assert!(start.elapsed() >= Duration::from_secs(1), "the date was not waited for");
    assert_eq!(heard.lock().unwrap().requests.len(), 3);
    let busy = || answer("503 Busy\r\nRetry-After: 0", "");
    let (address, heard) = platform(vec![busy(), busy()]).await;
    let start = Instant::now();
    assert_eq!(read(&address, "retries = 1").await.unwrap_err().exit_code(), 75);
    assert!(start.elapsed() >= Duration::from_millis(500), "no wait is no time to recover");
    assert_eq!(heard.lock().unwrap().requests.len(), 2);
}

#[tokio::test]
async fn credentials_never_follow_a_redirect_to_another_host() {
    for (keys, sent) in [
        ("authentication = { kind = \"bearer\", token_env = \"TOKEN\" }", "s3cret"),
        ("authentication = { kind = \"api_key\", header = \"X-Api-Key\", key_env = \"TOKEN\" }", "s3cret"),
        ("authentication = { kind = \"api_key_query\", parameter = \"cle\", key_env = \"TOKEN\" }", "s3cret"),
        (
            "authentication = { kind = \"basic\", user = \"moi\", password_env = \"TOKEN\" }",
            "bW9pOnMzY3JldA==",
        ),
    ] {
        let (other, stolen) = platform(vec![page("A", "")]).await;
        let away = answer(&format!("302 Found\r\nLocation: {other}/flux?cle=s3cret"), "");
        let (address, heard) = platform(vec![away]).await;
        let error = read(&address, keys).await.unwrap_err();
        assert!(error.to_string().contains("redirects to another host"), "{error}");
        assert!(heard.lock().unwrap().requests[0].contains(sent), "the credentials were never sent");
        assert!(stolen.lock().unwrap().requests.is_empty(), "the other host was asked");
        assert!(!error.to_string().contains("s3cret") && !error.to_string().contains(sent), "{error}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_gets_no_second_chance() {
    let (other, stolen) = platform(vec![page("A", "")]).await;
    let (address, heard) = platform(vec![answer(&format!("307 Moved\r\nLocation: {other}/token"), "")]).await;
    let error = read(&address, &credentials(&address)).await.unwrap_err();
    assert!(error.to_string().contains("the token is refused with 307"), "{error}");
    assert!(heard.lock().unwrap().requests[0].starts_with("POST /token "));
    assert!(stolen.lock().unwrap().requests.is_empty());
}

fn credentials(address: &str) -> String {
    format!(
        "authentication = {{ kind = \"client_credentials\", token_url = \"{address}/token\", client_id = \"moi\", \
         client_secret_env = \"TOKEN\", scope = \"flux.lire\" }}\n{CURSOR}"
    )
}

#[tokio::test]
async fn a_token_that_expires_between_two_pages_is_asked_for_again() {
    let token =
        |text: &str| answer("200 OK", &format!(r#"{{"access_token":"{text}","token_type":"Bearer"}}"#));
    let acts = vec![
        token("premier"),
        page("A", r#","suite":"x1""#),
        answer("401 Unauthorized", ""),
        token("second"),
        page("B", r#","suite":null"#),
    ];
    let (address, heard) = platform(acts).await;
    assert_eq!(read(&address, &credentials(&address)).await.unwrap().rows.len(), 2);
    let heard: Vec<String> =
        heard.lock().unwrap().requests.iter().map(|request| request.to_lowercase()).collect();
    assert_eq!(heard.len(), 5);
    assert!(
        heard[0].starts_with("post /token ") && heard[0].contains("authorization: basic bw9ponmzy3jlda==")
    );
    assert!(heard[0].ends_with("grant_type=client_credentials&scope=flux.lire"), "{}", heard[0]);
    let bearers = [(1, "premier"), (2, "premier"), (4, "second")];
    assert!(bearers.iter().all(|(at, token)| heard[*at].contains(&format!("authorization: bearer {token}"))));
    assert!(heard[4].starts_with("get /flux?apres=x1 "), "{}", heard[4]);

    // A fresh token that is refused too is an error, not a circle.
    let acts = vec![token("a"), answer("401 No", ""), token("b"), answer("401 No", "")];
    let (address, heard) = platform(acts).await;
    let error = read(&address, &credentials(&address)).await.unwrap_err();
    assert_eq!((error.exit_code(), heard.lock().unwrap().requests.len()), (69, 4), "{error}");

    let (address, _) =
        platform(vec![answer("400 Bad", r#"{"error":"invalid_client","error_description":"s3cret"}"#)]).await;
    let error = read(&address, &credentials(&address)).await.unwrap_err().to_string();
    assert!(error.contains("400 (invalid_client)") && !error.contains("s3cret"), "{error}");
}

#[tokio::test]
async fn a_cursor_leads_through_the_pages_and_a_key_in_the_query_goes_with_each() {
    let acts = vec![page("A", r#","suite":7"#), page("B", r#","suite":"z z""#), page("C", r#","suite":"""#)];
    let (address, heard) = platform(acts).await;
    let keys = format!(
        "authentication = {{ kind = \"api_key_query\", parameter = \"cle\", key_env = \"TOKEN\" }}\n{CURSOR}"
    );
    assert_eq!(read(&address, &keys).await.unwrap().rows.len(), 3);
    let heard = heard.lock().unwrap();
    let asked: Vec<&str> =
        heard.requests.iter().map(|request| request.split(" HTTP").next().unwrap()).collect();
    assert_eq!(
        asked,
        ["GET /flux?cle=s3cret", "GET /flux?apres=7&cle=s3cret", "GET /flux?apres=z+z&cle=s3cret"]
    );
}

#[tokio::test]
async fn a_page_that_repeats_and_pages_that_never_end_are_stopped() {
    let (address, heard) = platform(vec![page("A", ""), page("B", ""), page("A", "")]).await;
    let error = read(&address, "paging = { kind = \"page\", parameter = \"p\" }").await.unwrap_err();
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert_eq!(heard.lock().unwrap().requests.len(), 3);

    let endless = (0..9).map(|turn| page(&turn.to_string(), &format!(r#","suite":{turn}"#))).collect();
    let (address, heard) = platform(endless).await;
    let error = read(&address, &format!("maximum_pages = 4\n{CURSOR}")).await.unwrap_err();
    assert!(error.to_string().contains("more than 4 pages"), "{error}");
    assert_eq!(heard.lock().unwrap().requests.len(), 4);

    let (address, heard) = platform(vec![page("A", r#","suite":1"#), page("B", r#","suite":1"#)]).await;
    let error = read(&address, CURSOR).await.unwrap_err();
    assert!(error.to_string().contains("run in a circle"), "{error}");
    assert_eq!(heard.lock().unwrap().requests.len(), 2);
}

#[tokio::test]
async fn the_second_night_reads_every_page_though_a_304_repeats_no_link() {
    let pages = || {
        let first = validated("ETag: \"p1\"\r\nLink: </flux?page=2>; rel=\"next\"", "A", "");
        [first, validated("ETag: \"p2\"", "B", "")]
    };
    let keys = "paging = { kind = \"next_link\" }";
    let memory = Memory::default();
    let (address, heard) = platform(pages().into_iter().chain(pages()).collect()).await;
    for _night in 0..2 {
        assert_eq!(read_again(&address, keys, &memory).await.unwrap().rows.len(), 2);
    }
    assert_eq!(heard.lock().unwrap().requests.len(), 4);
    // In the body the link is kept with the snapshot: 304 leads to the same page as the answer did.
    let pages = || [validated("ETag: \"p1\"", "A", r#","suite":7"#), validated("ETag: \"p2\"", "B", "")];
    let memory = Memory::default();
    let (address, heard) = platform(pages().into_iter().chain(pages()).collect()).await;
    for _night in 0..2 {
        assert_eq!(read_again(&address, CURSOR, &memory).await.unwrap().rows.len(), 2);
    }
    let heard = heard.lock().unwrap();
    assert_eq!((heard.requests.len(), heard.unchanged), (4, 2));
}

#[tokio::test]
async fn a_304_stands_neither_for_what_leads_on_nor_for_a_count_that_is_not_kept() {
    // The records of the first page are the same on the second night, and another page follows.
    let memory = Memory::default();
    let weak = |rest: &str| validated("ETag: W/\"1\"", "A", rest);
    let nights = vec![weak(r#","suite":null"#), weak(r#","suite":2"#), page("B", r#","suite":null"#)];
    let (address, heard) = platform(nights).await;
    for rows in [1, 2] {
        assert_eq!(read_again(&address, CURSOR, &memory).await.unwrap().rows.len(), rows);
    }
    assert_eq!(heard.lock().unwrap().unchanged, 0);
    // A strong validator that is none is asked without, once.
    let memory = Memory::default();
    let counted = format!("count_pointer = \"/total\"\n{CURSOR}");
    let first = |total: u32| validated("ETag: \"1\"", "A", &format!(r#","total":{total},"suite":2"#));
    let second = |total: u32| page("B", &format!(r#","total":{total},"suite":{total}"#));
    let third = |total: u32| page("C", &format!(r#","total":{total}"#));
    let nights =
        vec![first(2), page("B", r#","total":2"#), first(3), second(3), first(3), second(3), third(3)];
    let (address, heard) = platform(nights).await;
    for rows in [2, 3] {
        assert_eq!(read_again(&address, &counted, &memory).await.unwrap().rows.len(), rows);
    }
    let heard = heard.lock().unwrap();
    assert_eq!((heard.requests.len(), heard.unchanged), (7, 1));
}

#[tokio::test]
async fn a_page_without_etag_is_validated_by_its_date_once_that_is_settled() {
    let dated = |modified: &str| {
        let head = format!("Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nLast-Modified: {modified}");
        vec![validated(&head, "A", ""), validated(&head, "A", "")]
    };
    for (modified, unchanged) in [("Tue, 20 Oct 2026 07:00:00 GMT", 1), ("Wed, 21 Oct 2026 07:27:59 GMT", 0)]
    {
        let memory = Memory::default();
        let (address, heard) = platform(dated(modified)).await;
        let first = read_again(&address, "", &memory).await.unwrap();
        let again = read_again(&address, "", &memory).await.unwrap();
        assert_eq!((first.rows, first.snapshots), (again.rows, again.snapshots));
        let heard = heard.lock().unwrap();
        assert_eq!((heard.requests.len(), heard.unchanged), (2, unchanged), "{modified}");
        let asked = heard.requests[1].to_lowercase();
        assert_eq!(
            asked.contains("if-modified-since: tue, 20 oct 2026 07:00:00 gmt"),
            unchanged == 1,
            "{asked}"
        );
    }
}

#[tokio::test]
async fn what_is_declared_after_a_page_was_kept_does_not_hold_for_what_we_kept() {
    let (memory, mapping) = (Memory::default(), mapping("[columns]\nnom = \"nom\"\n"));
    let first = packed(
        "200 OK\r\nETag: \"1\"\r\nContent-Type: text/csv; charset=windows-1252",
        b"nom;t\n\xC9lan;1\n",
    );
    let unchanged = answer("304 Not Modified", "");
    let (address, heard) = platform(vec![first, unchanged]).await;
    for declared in ["", "encoding = \"windows-1252\"\n"] {
        let source = source(&format!("[text]\n{declared}[http]\nurl = \"{address}/flux\""));
        let read = read_source(&source, &mapping, &context(Path::new("."), &memory)).await.unwrap();
        assert_eq!(read.rows[0].cells.values().next().unwrap().value.reveal(), "Élan", "{declared}");
    }
    assert!(heard.lock().unwrap().requests[1].to_lowercase().contains("if-none-match"));
}

#[tokio::test]
async fn a_platform_that_gives_fewer_records_than_asked_for_loses_none() {
    let records = |names: &[&str]| {
        let records: Vec<String> = names.iter().map(|name| format!(r#"{{"nom":"{name}"}}"#)).collect();
        answer("200 OK", &format!(r#"{{"data":[{}]}}"#, records.join(",")))
    };
    let pages = vec![records(&["A", "B", "C"]), records(&["D", "E"]), records(&[])];
    let (address, heard) = platform(pages).await;
    let keys = "paging = { kind = \"offset\", parameter = \"o\", limit_parameter = \"l\", limit = 5 }";
    assert_eq!(read(&address, keys).await.unwrap().rows.len(), 5);
    let heard = heard.lock().unwrap();
    let asked: Vec<&str> =
        heard.requests.iter().map(|request| request.split(" HTTP").next().unwrap()).collect();
    assert_eq!(asked, ["GET /flux?o=0&l=5", "GET /flux?o=3&l=5", "GET /flux?o=5&l=5"]);
}

#[tokio::test]
async fn the_same_records_are_the_same_page_whatever_time_it_says() {
    let at = |time: u32| page("A", &format!(r#","le":"07:28:0{time}""#));
    let (address, heard) = platform(vec![at(1), at(2), at(3)]).await;
    let error = read(&address, "paging = { kind = \"page\", parameter = \"p\" }").await.unwrap_err();
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert_eq!(heard.lock().unwrap().requests.len(), 2);
}

#[tokio::test]
async fn what_is_announced_must_come_and_must_not_change_meanwhile() {
    let keys = format!("count_pointer = \"/total\"\n{CURSOR}");
    let two =
        |second: u32| vec![page("A", r#","total":2,"suite":1"#), page("B", &format!(r#","total":{second}"#))];
    let asked = |heard: &Mutex<Heard>| heard.lock().unwrap().requests.len();
    let (address, heard) = platform(two(2)).await;
    assert_eq!((read(&address, &keys).await.unwrap().rows.len(), asked(&heard)), (2, 2));
    let (address, heard) = platform(two(3)).await;
    let error = read(&address, &keys).await.unwrap_err();
    assert!(error.to_string().contains("announced 2 records and now 3"), "{error}");
    assert_eq!((error.exit_code(), asked(&heard)), (75, 2));
    let (address, heard) = platform(vec![page("A", r#","total":5"#)]).await;
    let error = read(&address, &keys).await.unwrap_err();
    assert!(error.to_string().contains("announced 5 records and gave 1"), "{error}");
    assert_eq!(asked(&heard), 1);
    let (address, heard) = platform(vec![page("A", "")]).await;
    assert!(read(&address, &keys).await.unwrap_err().to_string().contains("no count of records at `/total`"));
    assert_eq!(asked(&heard), 1);
}

#[tokio::test]
async fn packed_pages_are_read_and_a_bomb_ends_at_the_cap() {
    use std::io::Write as _;
    let gzip = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let body = br#"{"data":[{"nom":"A"}]}"#;
    for (name, bytes) in [("gzip", gzip(body)), ("zstd", zstd::encode_all(&body[..], 3).unwrap())] {
        let (address, heard) =
            platform(vec![packed(&format!("200 OK\r\nContent-Encoding: {name}"), &bytes)]).await;
        assert_eq!(read(&address, "").await.unwrap().rows.len(), 1, "{name}");
        assert!(heard.lock().unwrap().requests[0].to_lowercase().contains("accept-encoding: gzip, zstd"));
    }
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let (address, heard) = platform(vec![packed("200 OK\r\nContent-Encoding: gzip", &bomb)]).await;
    let error = read(&address, "maximum_bytes = 1048576").await.unwrap_err();
    assert!(error.to_string().contains("larger than 1048576 bytes"), "{error}");
    assert_eq!(heard.lock().unwrap().requests.len(), 1);
}

#[tokio::test]
async fn an_error_page_with_status_200_and_a_problem_document_are_told() {
    let html = answer("200 OK\r\nContent-Type: text/html", "<!DOCTYPE html><p>Erreur interne de Canari</p>");
    let (address, heard) = platform(vec![html]).await;
    let error = read(&address, "").await.unwrap_err();
    assert!(error.to_string().contains("a web page") && !error.to_string().contains("Canari"), "{error}");
    assert_eq!((error.exit_code(), heard.lock().unwrap().requests.len()), (65, 1));
    for body in [&b"<?xml version=\"1.0\"?><Error/>"[..], b"<html>", b"\x1f\x8b"] {
        let (address, _) = platform(vec![packed("200 OK", body)]).await;
        let error = read(&address, "").await.unwrap_err().to_string();
        assert!(error.contains("browser") && !error.contains("save it"), "{error}");
    }

    let problem = answer(
        "403 Forbidden\r\nContent-Type: application/problem+json",
        r#"{"type":"about:blank","title":"Quota épuisé","detail":"Canari inc. a trop demandé","status":403}"#,
    );
    let (address, _) = platform(vec![problem]).await;
    let error = read(&address, "").await.unwrap_err().to_string();
    assert!(error.contains("it answers 403 (“Quota épuisé”)") && !error.contains("Canari"), "{error}");
}

#[tokio::test]
async fn half_a_source_is_none() {
    let (address, heard) = platform(vec![page("A", r#","suite":1"#), answer("404 Gone", "")]).await;
    let error = read(&address, CURSOR).await.unwrap_err();
    assert_eq!((error.exit_code(), heard.lock().unwrap().requests.len()), (69, 2));
}
