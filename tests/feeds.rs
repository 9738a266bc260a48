//! Feeds that the service follows: fetched with manners, posted like any headline, one failing by itself.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use support::Server;
use support::feed_server::{Asked, FeedServer, Reply};
use tempfile::TempDir;

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Dock Post</title><link>http://dockpost.example/</link><language>en</language>
<item><title>Harbour strike &lt;b&gt;enters&lt;/b&gt; second week</title><link>http://dockpost.example/1</link>
<pubDate>Mon, 01 Dec 2025 08:00:00 GMT</pubDate></item>
<item><title>Dockers walk out as harbour strike spreads</title><link>http://dockpost.example/2</link></item>
<item><link>http://dockpost.example/3</link></item>
</channel></rss>"#;
const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Island Echo</title>
<entry><title>Owl nests in tram depot</title><id>tag:echo.example,2025:1</id><updated>2025-12-01T09:00:00Z</updated>
<link href="http://echo.example/owl"/></entry></feed>"#;
const JSON_FEED: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Cape Times","items":[
{"id":"9","title":"Dam reaches record low","date_published":"2025-12-01T10:00:00Z"}]}"#;

/// A service that follows these sources, with further settings of feeds.
fn follow(feeds: &str, sources: &[(&str, &str)]) -> (Server, TempDir) {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("slugline.toml");
    let mut text = format!("[feeds]\nhost_pause_seconds = 0\n{feeds}\n");
    for (url, more) in sources {
        text.push_str(&format!("[[sources]]\nurl = \"{url}\"\n{more}\n"));
    }
    fs::write(&file, text).unwrap();
    let server = Server::start_with(|command| {
        command.arg("--config").arg(&file);
    });
    (server, directory)
}

const LOCAL: &str = "allow_private_sources = true";

fn sources(server: &Server) -> Vec<Value> {
    server.get("/v1/sources").json()["sources"].as_array().unwrap().clone()
}

/// Waits until all that is wanted of the sources holds.
fn wait_for(server: &Server, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..3_000 {
        let sources = sources(server);
        if wanted(&sources) {
            return sources;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("{:?}\n{}", sources(server), server.log());
}

fn wait_for_all_asked(server: &Server) -> Vec<Value> {
    wait_for(server, |sources| sources.iter().all(|source| source["last_fetch"].is_string()))
}

fn error_of(source: &Value) -> &str {
    source["last_error"]["detail"].as_str().unwrap_or_default()
}

#[test]
fn feeds_of_each_kind_become_headlines() {
    let web = FeedServer::start(|asked: &Asked| match asked.path.as_str() {
        "/rss?key=hush" => Reply::new(200, RSS),
        "/atom" => Reply::new(200, ATOM),
        _ => Reply::new(200, JSON_FEED),
    });
    let (server, _directory) = follow(
        LOCAL,
        &[
            (&web.url("/rss?key=hush"), ""),
            (&web.url("/atom"), "name = \"The Echo\"\nlang = \"de\"\ninterval = 7200"),
            (&web.url("/json"), ""),
        ],
    );
    let sources = wait_for_all_asked(&server);
    let counts =
        |source: &Value| ["items_seen", "items_new", "items_rejected"].map(|n| source[n].as_u64().unwrap());
    assert_eq!(sources.iter().map(counts).collect::<Vec<_>>(), [[3, 2, 1], [1, 1, 0], [1, 1, 0]]);
    assert_eq!(sources[0]["url"], web.url("/rss?…"));
    assert_eq!((&sources[1]["name"], &sources[1]["interval"]), (&"The Echo".into(), &7_200.into()));
    for source in &sources {
        assert_eq!((&source["last_error"], &source["failures"]), (&Value::Null, &0.into()));
        assert_eq!(source["last_success"], source["last_fetch"]);
        assert!(source["next_due"].as_str() > source["last_fetch"].as_str());
    }
    assert_eq!(server.get("/v1/status").json()["headlines"], 4);

    // The service gives the id that a post of the same address would have had.
    let repost = r#"[{"title":"Harbour strike","url":"http://dockpost.example/1"},
        {"title":"Owl","url":"http://echo.example/owl"}]"#;
    let answer = server.post_json(repost);
    assert_eq!(answer.verdicts(), ["duplicate", "duplicate"]);
    let id = |index: usize| answer.json()["results"][index]["id"].as_str().unwrap().to_owned();
    let strike = server.get(&format!("/v1/headlines/{}", id(0))).json();
    assert_eq!(strike["text"], "Harbour strike enters second week");
    assert_eq!((&strike["source"], &strike["time"]), (&"Dock Post".into(), &"2025-12-01T08:00:00Z".into()));
    let owl = server.get(&format!("/v1/headlines/{}", id(1))).json();
    assert_eq!((&owl["source"], &owl["lang"]), (&"The Echo".into(), &"de".into()));
    assert!(!server.log().contains("hush"), "{}", server.log());
    assert!(server.get("/metrics").text().contains("slugline_feed_fetches_total{outcome=\"read\"} 3"));
}

#[test]
fn what_is_known_is_not_sent_again_and_what_is_new_is_added() {
    let web =
        FeedServer::start(|asked: &Asked| match asked.headers.get("if-none-match").map(String::as_str) {
            None => Reply::new(200, RSS)
                .header("etag", "\"one\"")
                .header("last-modified", "Mon, 01 Dec 2025 08:00:00 GMT"),
            Some("\"one\"") => Reply::new(304, ""),
            other => panic!("{other:?}"),
        });
    let (server, _directory) = follow(LOCAL, &[(&web.url("/rss"), "interval = 1")]);
    wait_for(&server, |_| web.asked().len() >= 3);
    let source = sources(&server).remove(0);
    assert_eq!((&source["items_seen"], &source["items_new"]), (&3.into(), &2.into()));
    assert_eq!(source["failures"], 0);
    let asked = web.asked();
    assert_eq!(asked[1].headers["if-modified-since"], "Mon, 01 Dec 2025 08:00:00 GMT");
    assert!(asked[0].headers["user-agent"].starts_with("slugline/"));
    assert!(asked[0].headers["accept"].contains("application/rss+xml"));
}

/// A service on a data directory that follows one source, and `more` of its settings.
fn restarted(data: &std::path::Path, url: &str, more: &str) -> Server {
    let file = data.join("slugline.toml");
    let sources = format!("[[sources]]\nurl = \"{url}\"\n{more}\n");
    fs::write(&file, format!("[feeds]\nhost_pause_seconds = 0\n{LOCAL}\n{sources}")).unwrap();
    Server::launch(|command| {
        command.arg("--config").arg(&file).arg("--data-dir").arg(data.join("data"));
    })
}

#[test]
fn what_is_known_of_a_feed_outlasts_a_restart() {
    let web = FeedServer::start(|asked: &Asked| match asked.headers.get("if-none-match") {
        Some(_) => Reply::new(304, ""),
        None => Reply::new(200, RSS)
            .header("ETag", "\"one\"")
            .header("Last-Modified", "Mon, 01 Dec 2025 08:00:00 GMT"),
    });
    let (directory, url) = (TempDir::new().unwrap(), web.url("/rss?key=hush"));
    let server = restarted(directory.path(), &url, "");
    let before = wait_for_all_asked(&server).remove(0);
    assert_eq!(before["items_new"], 2);
    let kept = directory.path().join("data/feeds.json");
    wait_for(&server, |_| kept.exists());
    server.stop();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&kept).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "addresses may hold keys");
    }

    let server = restarted(directory.path(), &url, "");
    let after = wait_for(&server, |sources| sources[0]["last_fetch"] != before["last_fetch"]).remove(0);
    assert_eq!((&after["items_seen"], &after["items_new"]), (&before["items_seen"], &before["items_new"]));
    let again = web.asked().pop().unwrap();
    assert_eq!(again.headers["if-none-match"], "\"one\"");
    assert_eq!(again.headers["if-modified-since"], "Mon, 01 Dec 2025 08:00:00 GMT");
    assert_eq!(web.asked().len(), 2);
    server.stop();

    // Damaged, it is as if nothing were known.
    fs::write(&kept, "[{\"url\":").unwrap();
    let server = restarted(directory.path(), &url, "");
    wait_for(&server, |sources| sources[0]["items_seen"] == 3);
    assert!(server.log().contains("what was known of feeds cannot be read"), "{}", server.log());
    assert!(!web.asked().pop().unwrap().headers.contains_key("if-none-match"));
    wait_for(&server, |_| fs::read_to_string(&kept).is_ok_and(|text| text.contains("etag")));
}

#[test]
fn documents_of_a_collection_that_was_deleted_are_not_known_any_more() {
    let web = FeedServer::start(|asked: &Asked| match asked.headers.get("if-none-match") {
        Some(_) => Reply::new(304, ""),
        None => Reply::new(200, RSS).header("ETag", "\"one\""),
    });
    let (directory, url) = (TempDir::new().unwrap(), web.url("/rss"));
    let sport = "collection = \"sport\"\ninterval = 60";
    let server = restarted(directory.path(), &url, "");
    server.post("/v1/collections", "application/json", r#"{"name":"sport"}"#);
    server.stop();
    let server = restarted(directory.path(), &url, sport);
    wait_for(&server, |sources| sources[0]["items_new"] == 2);
    let kept = directory.path().join("data/feeds.json");
    wait_for(&server, |_| {
        fs::read_to_string(&kept).is_ok_and(|text| text.contains("one") && text.contains("sport"))
    });
    assert_eq!(server.delete("/v1/collections/sport").status, 204);
    assert_eq!(server.post("/v1/collections", "application/json", r#"{"name":"sport"}"#).status, 201);
    server.stop();
    // What is new of this name has none of them.
    let server = restarted(directory.path(), &url, sport);
    wait_for(&server, |sources| sources[0]["items_seen"].as_u64() > Some(3));
    assert_eq!(server.get("/v1/collections/sport/status").json()["headlines"], 2);
}

#[test]
fn a_feed_that_grows_adds_only_what_is_new() {
    let grown = RSS.replace("</channel>", "<item><title>Ferries idle</title></item></channel>");
    let first = std::sync::atomic::AtomicBool::new(true);
    let web = FeedServer::start(move |_: &Asked| {
        let body = if first.swap(false, std::sync::atomic::Ordering::SeqCst) { RSS } else { &grown };
        Reply::new(200, body)
    });
    let (server, _directory) = follow(LOCAL, &[(&web.url("/rss"), "interval = 1")]);
    let sources = wait_for(&server, |sources| sources[0]["items_seen"].as_u64() >= Some(7));
    assert_eq!(sources[0]["items_new"], 3);
    assert_eq!(server.get("/v1/status").json()["headlines"], 3);
}

#[test]
fn bad_feeds_fail_by_themselves() {
    let web = FeedServer::start(|asked: &Asked| match asked.path.as_str() {
        "/good" => Reply::new(200, RSS),
        "/html" => Reply::new(200, "<!DOCTYPE html><html><body>Welcome</body></html>"),
        "/broken" => Reply::new(200, &RSS.as_bytes()[..RSS.len() - 20]),
        "/large" => Reply::new(200, RSS.replace("Dock Post", &"Dock Post ".repeat(1_000))),
        "/late" => Reply { delay: Duration::from_secs(30), ..Reply::new(200, RSS) },
        "/busy" => Reply::new(503, "").header("retry-after", "7200"),
        "/empty" => Reply::new(200, ""),
        _ => Reply::new(404, "nothing here"),
    });
    let paths = ["/good", "/html", "/broken", "/large", "/late", "/busy", "/empty", "/gone"];
    let urls = paths.map(|path| web.url(path));
    let list: Vec<(&str, &str)> = urls.iter().map(|url| (url.as_str(), "")).collect();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("slugline.toml");
    let mut text =
        "[feeds]\nhost_pause_seconds = 0\nallow_private_sources = true\ntimeout_seconds = 5\n".to_owned();
    list.iter().for_each(|(url, _)| text.push_str(&format!("[[sources]]\nurl = \"{url}\"\n")));
    fs::write(&file, text).unwrap();
    let server = Server::start_with(|command| {
        command.args(["--body-bytes", "4096", "--config"]).arg(&file);
    });
    let sources = wait_for_all_asked(&server);
    for (source, part) in sources.iter().zip([
        "",
        "a feed (RSS, Atom or JSON Feed) is needed, not <html>",
        "invalid XML",
        "larger than 4096 bytes",
        "took too long",
        "status 503",
        "no headlines",
        "status 404",
    ]) {
        assert!(error_of(source).contains(part), "{source}");
        assert_eq!(source["failures"], u64::from(!part.is_empty()), "{source}");
        assert_eq!(source["last_success"].is_null(), !part.is_empty(), "{source}");
    }
    assert_eq!(sources[0]["items_new"], 2);
    let seconds = |source: &Value, name: &str| {
        source[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
    };
    assert!(seconds(&sources[5], "next_due") - seconds(&sources[5], "last_fetch") >= 7_200);
}

#[test]
fn compressed_feeds_are_read_and_bounded_after_decompression() {
    let (small, bomb) = (gzip(RSS), gzip(&RSS.replace("Dock Post", &" ".repeat(20_000_000))));
    assert!(bomb.len() < 100_000);
    let web = FeedServer::start(move |asked: &Asked| {
        assert_eq!(asked.headers["accept-encoding"], "gzip");
        let (body, encoding) = match asked.path.as_str() {
            "/bomb" => (&bomb, "gzip"),
            "/small" => (&small, "gzip"),
            _ => (&small, "br"),
        };
        Reply::new(200, body.clone()).header("content-encoding", encoding)
    });
    let (server, _directory) =
        follow(LOCAL, &[(&web.url("/bomb"), ""), (&web.url("/small"), ""), (&web.url("/other"), "")]);
    let sources = wait_for_all_asked(&server);
    assert!(error_of(&sources[0]).contains("larger than 8388608 bytes"), "{}", sources[0]);
    assert_eq!(sources[1]["items_new"], 2);
    assert!(error_of(&sources[2]).contains("not asked for"), "{}", sources[2]);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn private_networks_are_out_of_reach_unless_permitted() {
    let web = FeedServer::start(|_: &Asked| Reply::new(200, RSS));
    let port = web.url("").rsplit_once(':').unwrap().1.to_owned();
    let urls = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"]
        .map(|host| format!("http://{host}:{port}/rss"));
    let list: Vec<(&str, &str)> = urls.iter().map(|url| (url.as_str(), "")).take(4).collect();
    let (server, _directory) = follow("", &list);
    for source in wait_for_all_asked(&server) {
        assert!(error_of(&source).contains("private network"), "{source}");
    }
    let (server, _directory) = follow("", &[(&urls[4], "interval = 60")]);
    assert!(error_of(&wait_for_all_asked(&server)[0]).contains("private network"));
    let (server, _directory) = follow("", &[(&urls[5], "interval = 60")]);
    assert!(error_of(&wait_for_all_asked(&server)[0]).contains("private network"));
    assert_eq!(web.asked().len(), 0);
}

#[test]
fn redirections_are_followed_within_bounds() {
    let web = FeedServer::start(|asked: &Asked| match asked.path.as_str() {
        "/old" => Reply::new(301, "").header("location", "/new"),
        "/new" => Reply::new(200, RSS),
        "/loop" => Reply::new(302, "").header("location", "/loop"),
        "/file" => Reply::new(302, "").header("location", "file:///etc/hostname"),
        "/bare" => Reply::new(302, ""),
        _ => Reply::new(404, ""),
    });
    let paths = ["/old", "/loop", "/file", "/bare"].map(|path| web.url(path));
    let list: Vec<(&str, &str)> = paths.iter().map(|url| (url.as_str(), "")).collect();
    let (server, _directory) = follow(LOCAL, &list);
    let sources = wait_for_all_asked(&server);
    assert_eq!(sources[0]["items_new"], 2);
    assert!(error_of(&sources[1]).contains("more than 5 redirections"));
    assert_eq!(web.asked_for("/loop").len(), 6);
    assert!(error_of(&sources[2]).contains("not file"));
    assert!(error_of(&sources[3]).contains("no address"));
}

#[test]
fn a_host_is_asked_one_thing_at_a_time() {
    let web =
        FeedServer::start(|_: &Asked| Reply { delay: Duration::from_millis(50), ..Reply::new(200, RSS) });
    let urls: Vec<String> = (0..6).map(|number| web.url(&format!("/{number}"))).collect();
    let list: Vec<(&str, &str)> = urls.iter().map(|url| (url.as_str(), "")).collect();
    let (server, _directory) = follow(LOCAL, &list);
    wait_for_all_asked(&server);
    assert_eq!((web.asked().len(), web.most_at_once()), (6, 1));
}

#[test]
fn a_server_for_which_nobody_vouches_is_not_believed() {
    let (port, endings) = tls_server();
    let plain = FeedServer::start(|_: &Asked| Reply::new(200, RSS));
    let secure = format!("https://localhost:{port}/rss");
    let (server, _directory) =
        follow(LOCAL, &[(&secure, ""), (&plain.url("/rss").replace("http:", "https:"), "")]);
    let sources = wait_for_all_asked(&server);
    assert!(
        error_of(&sources[0]).contains("no secure connection: invalid peer certificate"),
        "{}",
        sources[0]
    );
    // No hands were shaken, so nothing was asked either.
    assert!(!endings.recv().unwrap());
    assert!(error_of(&sources[1]).contains("connection failed"), "{}", sources[1]);
    assert!(plain.asked().is_empty());
}

/// A server with a certificate that it made itself: its port, and for each client whether hands were shaken.
fn tls_server() -> (u16, Receiver<bool>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("localhost:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, endings) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let _ = tls.complete_io(&mut stream);
            let _ = sender.send(!tls.is_handshaking());
        }
    });
    (port, endings)
}

#[cfg(unix)]
#[test]
fn a_service_stops_in_order_while_a_feed_is_slow() {
    let web =
        FeedServer::start(|_: &Asked| Reply { delay: Duration::from_secs(600), ..Reply::new(200, RSS) });
    let (server, _directory) = follow(LOCAL, &[(&web.url("/rss"), "")]);
    wait_for(&server, |_| !web.asked().is_empty());
    server.stop();
}

#[test]
fn without_sources_the_list_is_empty() {
    assert!(sources(&Server::start()).is_empty());
}

#[test]
fn a_source_fills_the_collection_it_names() {
    let web = FeedServer::start(|_: &Asked| Reply::new(200, RSS));
    let (url, other) = (web.url("/rss"), web.url("/other"));
    let of_birds = (url.as_str(), "collection = \"birds\"\ninterval = 1");
    let (server, _directory) = follow(LOCAL, &[of_birds, (&other, "collection = \"default\"")]);
    // Not there yet.
    let sources = wait_for_all_asked(&server);
    assert_eq!(error_of(&sources[0]), "there is no collection of this name");
    assert_eq!((&sources[0]["collection"], &sources[1]["items_new"]), (&"birds".into(), &2.into()));
    let body = r#"{"name": "birds"}"#;
    assert_eq!(server.post("/v1/collections", "application/json", body).status, 201);
    wait_for(&server, |sources| sources[0]["items_new"] == 2);
    assert_eq!(server.get("/v1/collections/birds").json()["headlines"], 2);
    assert_eq!(server.get("/v1/status").json()["headlines"], 2);
}
