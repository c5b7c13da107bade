//! Presets against a real local server that answers as their platforms do.

use super::http_faults_tests::{Act, answer, packed, platform};
use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, read_source};
use std::path::Path;

async fn read(keys: &str) -> Result<SourceRead, IngestError> {
    let source = source(&format!("[platform]\n{keys}"));
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    let memory = Memory::default();
    read_source(&source, &mapping, &context(Path::new("."), &memory)).await
}

fn records(names: &[&str], total: usize) -> Act {
    let records: Vec<String> = names.iter().map(|name| format!(r#"{{"_id":1,"nom":"{name}"}}"#)).collect();
    let body =
        format!(r#"{{"success":true,"result":{{"records":[{}],"total":{total}}}}}"#, records.join(","));
    answer("200 OK", &body)
}

#[tokio::test]
async fn a_ckan_datastore_is_read_page_by_page_and_counted() {
    let pages = vec![records(&["A", "B"], 3), records(&["C"], 3), records(&[], 3)];
    let (address, heard) = platform(pages).await;
    let keys = format!(
        "kind = \"ckan_datastore\"\nsite = \"{address}/recherche\"\nresource = \"r1\"\npage = 2\ntoken_env = \"TOKEN\""
    );
    assert_eq!(read(&keys).await.unwrap().rows.len(), 3);
    let second = heard.lock().unwrap().requests[1].clone();
    let asked = "GET /recherche/api/3/action/datastore_search?resource_id=r1&sort=_id&offset=2&limit=2 ";
    assert!(
        second.starts_with(asked) && second.to_lowercase().contains("authorization: s3cret\r\n"),
        "{second}"
    );

    let (address, _) = platform(vec![records(&["A"], 9), records(&[], 9)]).await;
    let error = read(&format!("kind = \"ckan_datastore\"\nsite = \"{address}\"\nresource = \"r\"")).await;
    assert!(error.unwrap_err().to_string().contains("announced 9 records and gave 1"));
}

#[tokio::test]
async fn a_ckan_resource_and_an_opendatasoft_export_are_one_download() {
    let (address, heard) = platform(vec![answer("200 OK", "nom;t\nA;1\nB;2\n")]).await;
    let keys = format!("kind = \"ckan_resource\"\nsite = \"{address}\"\ndataset = \"d\"\nresource = \"r\"");
    assert_eq!(read(&keys).await.unwrap().rows.len(), 2);
    assert!(heard.lock().unwrap().requests[0].starts_with("GET /dataset/d/resource/r/download "));

    let (address, heard) = platform(vec![answer("200 OK", r#"[{"nom":"A"},{"nom":"B"}]"#)]).await;
    let keys =
        format!("kind = \"opendatasoft_export\"\nsite = \"{address}\"\ndataset = \"d\"\nkey_env = \"TOKEN\"");
    assert_eq!(read(&keys).await.unwrap().rows.len(), 2);
    let asked = "GET /api/explore/v2.1/catalog/datasets/d/exports/json?apikey=s3cret ";
    assert!(heard.lock().unwrap().requests[0].starts_with(asked));
}

/// The platform of a tenant: a token, then a redirect to another origin that holds the file.
async fn graph(
    elsewhere: &str,
) -> (String, std::sync::Arc<std::sync::Mutex<super::http_faults_tests::Heard>>) {
    let token = answer("200 OK", r#"{"access_token":"jeton","token_type":"Bearer","expires_in":3599}"#);
    let redirect = answer(&format!("302 Found\r\nLocation: {elsewhere}/telecharger?tempauth=x"), "");
    platform(vec![token, redirect]).await
}

fn graph_keys(address: &str) -> String {
    format!(
        "kind = \"microsoft_graph\"\ntenant = \"t1\"\nclient_id = \"c1\"\nclient_secret_env = \"TOKEN\"\n\
         drive = \"b!d\"\npath = \"Visites/flux.csv\"\nsite = \"{address}\"\nlogin = \"{address}\"\n"
    )
}

#[tokio::test]
async fn a_file_of_a_drive_comes_from_another_host_that_never_sees_our_token() {
    let (elsewhere, seen) = platform(vec![packed("200 OK", b"nom;t\nA;1\n")]).await;
    let (address, heard) = graph(&elsewhere).await;
    let keys = format!("{}download_hosts = [\"127.0.0.1\"]", graph_keys(&address));
    assert_eq!(read(&keys).await.unwrap().rows.len(), 1);
    let heard = heard.lock().unwrap();
    let token = &heard.requests[0];
    assert!(token.starts_with("POST /t1/oauth2/v2.0/token "), "{token}");
    assert!(token.contains("grant_type=client_credentials") && token.contains("scope=http"), "{token}");
    assert!(heard.requests[1].starts_with("GET /v1.0/drives/b!d/root:/Visites/flux.csv:/content "));
    assert!(heard.requests[1].to_lowercase().contains("authorization: bearer jeton"));
    let seen = seen.lock().unwrap();
    assert!(seen.requests[0].starts_with("GET /telecharger?tempauth=x "));
    assert!(!seen.requests[0].to_lowercase().contains("authorization"), "{}", seen.requests[0]);
}

#[tokio::test]
async fn a_download_from_a_host_that_is_not_declared_is_refused() {
    let (elsewhere, seen) = platform(vec![packed("200 OK", b"nom;t\nA;1\n")]).await;
    let (address, heard) = graph(&elsewhere).await;
    let error = read(&graph_keys(&address)).await.unwrap_err();
    assert!(error.to_string().contains("redirects to another host"), "{error}");
    assert!(!error.to_string().contains("tempauth"), "{error}");
    assert_eq!((heard.lock().unwrap().requests.len(), seen.lock().unwrap().requests.len()), (2, 0));
}

#[tokio::test]
async fn what_a_ckan_portal_refuses_is_told_by_its_kind() {
    for (kind, said) in
        [("Authorization Error", "(“Authorization Error”)"), ("Refus de Canari inc.", "does not succeed\n")]
    {
        let body = format!(r#"{{"success":false,"error":{{"__type":"{kind}","message":"Canari inc."}}}}"#);
        let (address, _) = platform(vec![answer("200 OK", &body)]).await;
        let error = read(&format!("kind = \"ckan_datastore\"\nsite = \"{address}\"\nresource = \"r\"")).await;
        let error = error.unwrap_err();
        assert!(error.to_string().contains(said) && !error.to_string().contains("Canari"), "{error}");
        assert_eq!(error.exit_code(), 69);
    }
}
