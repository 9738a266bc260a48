//! Catching up and subscribing: digests of changes, the stream of them, feeds and tables.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::Value;
use slugline::engine::Snapshot;
use slugline::service::{Digest, News, digest};
use slugline::track::{Change, Event, Id, Level, Lineage, Moved};
use support::Server;

const STRIKE: &str = r#"[{"id":"dp-1","title":"Harbour strike enters second week","source":"Dock & Post","time":"2025-12-01T08:00:00Z"},
    {"id":"ie-7","title":"Dockers walk out as harbour strike spreads","url":"https://echo.example/7?a=1&b=2","time":"2025-12-01T09:30:00Z"}]"#;
const OWLS: &str = r#"[{"id":"o-1","title":"Owl <nests> in tram depot","time":"2025-12-01T10:00:00Z"},
    {"id":"o-2","title":"Tram depot closes for nesting owl","time":"2025-12-01T10:10:00Z"}]"#;

fn topic(number: u32) -> Id {
    Id::new(Level::Topic, number)
}

fn changes(snapshot: &Snapshot, since: u64, limit: usize) -> Digest {
    digest(snapshot, snapshot.lineage.events_since(since).map(AsRef::as_ref), since, limit)
}

/// A collection to whose topics this has happened: id, name, size afterwards, change.
fn after(events: Vec<(Id, &str, usize, Change)>) -> Snapshot {
    let events = (1..).zip(events).map(|(number, (id, label, size, change))| Event {
        number,
        version: number,
        at: jiff::Timestamp::from_second(number as i64).unwrap(),
        level: id.level(),
        id,
        label: label.into(),
        size,
        edit: None,
        change,
    });
    let mut snapshot = Snapshot::default();
    snapshot.lineage = Lineage::from_events(events).unwrap();
    snapshot
}

#[test]
fn what_happened_to_a_topic_is_told_once() {
    let story = Id::new(Level::Story, 1);
    let snapshot = after(vec![
        (topic(1), "Harbour strike", 2, Change::Born),
        (story, "Harbour strike", 2, Change::Born),
        (topic(1), "Harbour strike", 5, Change::Grown { by: 3 }),
        (topic(1), "Dock strike", 5, Change::Renamed { from: "Harbour strike".into() }),
        (topic(2), "Owls", 2, Change::Born),
        (topic(2), "Owls", 0, Change::Dissolved { moved: Moved::default() }),
        (topic(1), "Dock strike", 5, Change::Dormant),
        (topic(1), "Dock strike", 6, Change::Revived),
        (topic(3), "Ferries", 2, Change::Born),
        (topic(1), "Dock strike", 4, Change::Split { into: vec![topic(3)], moved: Moved::default() }),
        (topic(1), "Dock strike", 0, Change::Merged { into: topic(3), moved: Moved::default() }),
    ]);
    let told = |since: u64| {
        let digest = changes(&snapshot, since, 10);
        assert_eq!(digest.next, 11);
        digest.topics.into_iter().map(|topic| (topic.id, topic.changes)).collect::<Vec<_>>()
    };
    use News::{Merged, New, Renamed, Revived, Split};
    // Born and gone in between is no news.
    assert_eq!(told(0), [(topic(3), vec![New])]);
    assert_eq!(told(1), [(topic(3), vec![New]), (topic(1), vec![Revived, Split, Merged, Renamed])]);
    assert_eq!(
        told(5),
        [(topic(2), vec![News::Ended]), (topic(3), vec![New]), (topic(1), vec![Revived, Split, Merged])]
    );
    assert_eq!(told(11), []);
    let strike = changes(&snapshot, 2, 10).topics.remove(1);
    assert_eq!((strike.grown_by, strike.renamed_from.as_deref()), (3, Some("Harbour strike")));
    assert_eq!(
        (strike.split_into, strike.merged_into, strike.last_event),
        (vec![topic(3)], Some(topic(3)), 11)
    );
    // Growth alone is none.
    assert_eq!(changes(&snapshot, 2, 1).topics.len(), 1);
    let first = changes(&snapshot, 2, 1);
    assert_eq!((first.next, &first.topics[0].changes), (4, &vec![Renamed]));
}

#[test]
fn pages_of_changes_add_up() {
    let server = Server::start();
    server.post_json(STRIKE);
    server.post_json(OWLS);
    let all = server.get("/v1/changes").json();
    assert_eq!(all["next"], all["last"]);
    let ids = |page: &Value| {
        let topics = page["topics"].as_array().unwrap().clone();
        topics.into_iter().map(|topic| topic["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&all), ["t-000001", "t-000002"]);
    let (mut since, mut told) = (0, Vec::new());
    loop {
        let page = server.get(&format!("/v1/changes?since={since}&limit=1")).json();
        told.extend(ids(&page));
        since = page["next"].as_u64().unwrap();
        if page["next"] == page["last"] {
            break;
        }
    }
    assert_eq!(told, ids(&all));
    assert!(ids(&server.get(&format!("/v1/changes?since={since}")).json()).is_empty());
    server.get("/v1/changes?since=-1").assert_problem(400, "invalid-query");
}

/// A stream that is read line by line.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(server: &Server, head: &str) -> Self {
        let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        let head = format!(
            "GET /v1/changes/stream HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip, br\r\n{head}\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        Self(BufReader::new(connection))
    }

    /// The rest of the next line that begins like this.
    fn find(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream ended before {start}");
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }
}

#[test]
fn a_stream_goes_on_where_it_ended() {
    goes_on(&Server::start());
}

#[test]
fn a_stream_goes_on_from_what_is_in_memory_no_more() {
    goes_on(&Server::start_with(|command| {
        command.args(["--events-in-memory", "1"]);
    }));
}

fn goes_on(server: &Server) {
    server.post_json(STRIKE);
    let mut stream = Stream::open(server, "last-event-id: 0\r\n");
    assert_eq!(stream.find("HTTP/1.1 "), "200 OK");
    assert_eq!(stream.find("content-type: "), "text/event-stream");
    let id: u64 = stream.find("id: ").parse().unwrap();
    assert_eq!(stream.find("event: "), "changes");
    let data: Value = serde_json::from_str(&stream.find("data: ")).unwrap();
    assert_eq!((&data["topics"][0]["id"], &data["next"]), (&"t-000001".into(), &id.into()));
    server.post_json(OWLS);
    let data: Value = serde_json::from_str(&stream.find("data: ")).unwrap();
    assert_eq!(data["topics"][0]["id"], "t-000002");
    drop(stream);
    let mut again = Stream::open(server, &format!("last-event-id: {id}\r\n"));
    let data: Value = serde_json::from_str(&again.find("data: ")).unwrap();
    assert_eq!(data["topics"][0]["id"], "t-000002");
    server.get_with("/v1/changes/stream", ("last-event-id", "x")).assert_problem(400, "invalid-query");
}

#[cfg(unix)]
#[test]
fn streams_are_bounded_and_end_with_the_service() {
    let mut server = Server::start_with(|command| {
        command.args(["--streams", "1"]);
    });
    let mut stream = Stream::open(&server, "");
    stream.find("retry: ");
    server.get("/v1/changes/stream").assert_problem(503, "busy");
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(server.log().contains("stopped"), "{}", server.log());
}

#[test]
fn feeds_can_be_read_by_what_reads_feeds() {
    let server = Server::start();
    server.post_json(STRIKE);
    server.post_json(OWLS);
    for (path, titles) in
        [("/v1/feeds/topics", 2), ("/v1/topics/t-000001/feed", 2), ("/v1/topics/t-000002/feed", 2)]
    {
        for (notation, media) in [("atom", "application/atom+xml"), ("json", "application/feed+json")] {
            let feed = server.get(&format!("{path}.{notation}"));
            assert_eq!(feed.header("content-type"), format!("{media}; charset=utf-8"));
            let read = server.post("/v1/cluster", media, &feed.body).json();
            let counts = &read["counts"];
            let headlines = counts["assigned"].as_u64().unwrap() + counts["unassigned"].as_u64().unwrap();
            assert_eq!((headlines, counts["rejected"].as_u64()), (titles, Some(0)), "{}", feed.text());
        }
    }
    let strike = server.get("/v1/topics/t-000001/feed.json").json();
    let newest = &strike["items"][0];
    assert_eq!(
        (&newest["title"], &newest["url"]),
        (&"Dockers walk out as harbour strike spreads".into(), &"https://echo.example/7?a=1&b=2".into(),)
    );
    assert_eq!(strike["items"][1]["authors"][0]["name"], "Dock & Post");
    assert_eq!(strike["items"][1]["url"], server.url("/v1/headlines/dp-1"));
    let owls = server.get("/v1/topics/t-000002/feed.atom");
    assert!(owls.text().contains("Owl &lt;nests&gt; in tram depot"), "{}", owls.text());
    assert_eq!(server.get("/v1/feeds/topics.json?limit=1").json()["items"].as_array().unwrap().len(), 1);
    server.get("/v1/topics/t-none/feed.atom").assert_problem(404, "topic-not-found");
}

#[test]
fn a_table_holds_all_that_is_needed_to_post_it_again() {
    let server = Server::start();
    server.post_json(STRIKE);
    server.post_json(OWLS);
    server.post_json(r#"{"id":"x","title":"Bakery \"burns\", twice","lang":"en"}"#);
    let all = server.get("/v1/headlines.csv");
    assert_eq!(all.header("content-type"), "text/csv; charset=utf-8");
    let again = server.post("/v1/headlines", "text/csv", &all.body);
    assert_eq!(again.verdicts(), ["duplicate"; 5]);
    let elsewhere = Server::start();
    assert_eq!(elsewhere.post("/v1/headlines", "text/csv", &all.body).verdicts(), ["created"; 5]);
    for id in ["ie-7", "x"] {
        let [here, there] =
            [&server, &elsewhere].map(|server| server.get(&format!("/v1/headlines/{id}")).json());
        for field in ["text", "time", "source", "url", "lang"] {
            assert_eq!(here[field], there[field], "{field}");
        }
    }
    let strike = server.get("/v1/topics/t-000001/headlines.csv");
    assert!(strike.header("content-disposition").contains("t-000001.csv"));
    let lines: Vec<&str> = strike.text().lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("dp-1,") && lines[1].contains("t-000001,Harbour strike"), "{}", lines[1]);
    server.get("/v1/topics/t-none/headlines.csv").assert_problem(404, "topic-not-found");
}
