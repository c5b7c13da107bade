//! `maillage serve`: the current release in a browser of this machine, each release under `releases/`.

use super::patient::Patient;
use super::{place, signals};
use crate::error::{Exit, Failure};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::services::ServeDir;

/// Pages work without scripts; nothing is loaded from elsewhere, and nobody frames them.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Longest path that is looked for, and longest part of one that a folder can hold, in bytes.
const LONGEST_PATH: usize = 2_048;
const LONGEST_NAME: usize = 255;

/// How long answers that are under way may take when a signal has come.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the releases
    #[arg(long, default_value = "published")]
    published: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    port: u16,
}

/// Serves until a signal comes.
#[must_use]
pub fn serve(arguments: &Arguments) -> Exit {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(|error| {
            Failure::message(Exit::Failed, format!("the program cannot start its threads: {error}"))
        })
        .and_then(|runtime| runtime.block_on(listen(arguments)));
    match outcome {
        Ok(()) => Exit::Done,
        Err(failure) => place::failed(&failure),
    }
}

async fn listen(arguments: &Arguments) -> Result<(), Failure> {
    let current = arguments.published.join("current");
    if !current.is_dir() {
        return Err(Failure::message(
            Exit::Failed,
            format!(
                "there is no release at `{}`\nhelp: `maillage run PIPELINE` publishes one, or give `--published`",
                current.display()
            ),
        ));
    }
    let port = arguments.port;
    let refused = |cause: std::io::Error| {
        Failure::message(
            Exit::Failed,
            format!("port {port} of 127.0.0.1 cannot be used: {cause}\nhelp: `--port 0` takes a free one"),
        )
    };
    // Loopback only: a preview is no web server.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let stop = signals::stop().map_err(refused)?;
    println!("http://{address}/\nCtrl-C pour arrêter / to stop");
    // `current` is followed at each request, so a new release shows itself.
    let files = ServeDir::new(current);
    let releases = ServeDir::new(arguments.published.join("releases"));
    let site = Router::new().nest_service("/releases", releases).fallback_service(files);
    let (asked, heard) = oneshot::channel();
    let serving = axum::serve(Patient(listener), site.layer(from_fn(with_headers)))
        .with_graceful_shutdown(async move {
            stop.await;
            // Nobody listens any more when serving has ended by itself.
            let _ = asked.send(());
        })
        .into_future();
    let out_of_time = async move {
        if heard.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        ended = serving => ended.map_err(refused),
        // Who has begun a request and does not end it holds nobody back.
        () = out_of_time => Ok(()),
    }
}

async fn with_headers(request: Request, next: Next) -> Response {
    let extension =
        request.uri().path().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let path = request.uri().path();
    let is_too_long = path.len() > LONGEST_PATH;
    // The system answers a name that no folder can hold with an error of its own.
    let is_impossible = path.split('/').any(|part| part.len() > LONGEST_NAME);
    let mut response =
        if is_too_long { StatusCode::URI_TOO_LONG.into_response() } else { next.run(request).await };
    if is_impossible && response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let is_found = response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let kind = match extension.as_deref() {
        Some("parquet") => Some("application/vnd.apache.parquet"),
        Some("csv") => Some("text/csv; charset=utf-8"),
        Some("json") => Some("application/json"),
        Some("sql" | "md" | "txt") => Some("text/plain; charset=utf-8"),
        _ if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/html") => {
            Some("text/html; charset=utf-8")
        }
        _ => None,
    };
    if let Some(kind) = kind.filter(|_| is_found) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}
