//! Parsers and readers against input that was changed at random, from the inputs in `tests/corpora` on.
//!
//! Each test tries the same few thousand inputs in every run. With `SLUGLINE_FUZZ_SECONDS` it goes on for that long, from
//! the seed in `SLUGLINE_FUZZ_SEED`; `.ci/fuzz` does that for all of them. Before an input is tried it is kept in the
//! folder that `SLUGLINE_FUZZ_KEEP` names, so that the one that ends the process is there to be looked at.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;
use slugline::Headline;
use slugline::engine::{Engine, Method, Settings};
use slugline::ingest::{Document, Entry, Format, Rules, parse, parse_time};
use slugline::track::Id;
use support::Server;

const RULES: Rules = Rules { items: 200, title_chars: 120, ignore_unknown_fields: false };

/// What parsers give a meaning to, or are known to stumble over.
#[rustfmt::skip]
const TOKENS: [&[u8]; 44] = [
    b"\"", b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b"\r", b"\0", b"\x1b", b"\x7f", b"<", b">", b"&",
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<item>", b"</item>", b"&#x110000;", b"&amp;", b"&lt;b&gt;",
    b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFF", b"\xC3", "\u{202E}".as_bytes(), "\u{200B}".as_bytes(),
    "e\u{301}\u{301}\u{301}".as_bytes(), "\u{1F468}\u{200D}\u{1F680}".as_bytes(), "\u{FFFD}".as_bytes(),
    b"\\ud800", b"\\u0000", b"1e999", b"-0", b"18446744073709551616", b"9999-12-31T23:59:60Z", b"%", b"+", b"null",
];

/// Inputs made from a corpus.
struct Mutator {
    corpus: Vec<Vec<u8>>,
    chance: Xoshiro256PlusPlus,
}

impl Mutator {
    fn new(corpus: Vec<Vec<u8>>) -> Self {
        assert!(!corpus.is_empty());
        let seed = std::env::var("SLUGLINE_FUZZ_SEED").map_or(1, |seed| seed.parse().unwrap());
        Self { corpus, chance: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// An input of the corpus after a few changes: half of the times of single bytes, which what is strict may survive,
    /// else of any kind.
    fn next(&mut self) -> Vec<u8> {
        let mut input = self.pick();
        let (most, kinds) = if self.chance.r#gen() { (3, 2) } else { (8, 7) };
        for _ in 0..self.chance.gen_range(1..=most) {
            self.change(&mut input, kinds);
        }
        input
    }

    fn pick(&mut self) -> Vec<u8> {
        self.corpus[self.chance.gen_range(0..self.corpus.len())].clone()
    }

    fn change(&mut self, input: &mut Vec<u8>, kinds: u32) {
        let chance = &mut self.chance;
        let at = chance.gen_range(0..=input.len());
        let end = (at + chance.gen_range(0..=64)).min(input.len());
        match chance.gen_range(0..kinds) {
            0 if at < input.len() => input[at] ^= 1 << chance.gen_range(0..8),
            1 if at < input.len() => input[at] = chance.r#gen(),
            2 => drop(input.drain(at..end)),
            3 => {
                let part = input[at..end].repeat(chance.gen_range(1..=40));
                drop(input.splice(at..at, part));
            }
            4 => input.truncate(at),
            5 => {
                let other = self.pick();
                let from = self.chance.gen_range(0..=other.len());
                drop(input.splice(at.., other[from..].iter().copied()));
            }
            _ => {
                let token = TOKENS[chance.gen_range(0..TOKENS.len())];
                drop(input.splice(at..at, token.iter().copied()));
            }
        }
    }
}

/// The inputs of a parser that are kept.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Tries the corpus as it is, and then what becomes of it: so many inputs, or for as long as the environment says.
fn fuzz(name: &str, corpus: Vec<Vec<u8>>, rounds: usize, mut test: impl FnMut(&[u8])) {
    let span: Option<u64> = std::env::var("SLUGLINE_FUZZ_SECONDS").ok().map(|text| text.parse().unwrap());
    let end = span.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let keep = std::env::var_os("SLUGLINE_FUZZ_KEEP").map(|folder| Path::new(&folder).join(name));
    let mut attempt = |input: &[u8]| {
        if let Some(file) = &keep {
            fs::write(file, input).unwrap();
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| test(input))) {
            eprintln!("the input was \"{}\"", input.escape_ascii());
            resume_unwind(panic);
        }
    };
    corpus.iter().for_each(|input| attempt(input));
    let mut mutator = Mutator::new(corpus);
    let mut tried = 0;
    while end.map_or(tried < rounds, |end| Instant::now() < end) {
        attempt(&mutator.next());
        tried += 1;
    }
    if end.is_some() {
        println!("{name}: {tried} inputs");
    }
}

/// What holds for every document that was taken apart.
fn assert_sound(format: Format, document: &Document) {
    assert!(document.items.len() <= RULES.items);
    assert!(document.items.iter().all(|item| item.line >= 1 && item.number >= 1));
    if format == Format::Text || format == Format::Jsonl || format == Format::Csv {
        assert!(document.items.is_sorted_by_key(|item| item.line));
    }
    for entry in document.items.iter().filter_map(|item| item.result.as_ref().ok()) {
        assert!((1..=RULES.title_chars).contains(&entry.text.chars().count()));
        assert!(!entry.text.chars().any(char::is_control));
        assert_same_when_read_again(entry);
    }
}

/// A headline that was accepted once is accepted as it is when it is sent on.
fn assert_same_when_read_again(entry: &Entry) {
    let mut object = json!({"title": entry.text});
    let fields = [
        ("id", entry.id.clone()),
        ("time", entry.time.map(|time| time.to_string())),
        ("source", entry.source.clone()),
        ("url", entry.url.clone()),
        ("lang", entry.lang.clone()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            object[name] = value.into();
        }
    }
    let again = parse(Format::Json, object.to_string().as_bytes(), &RULES).unwrap();
    assert_eq!(again.items[0].result.as_ref(), Ok(entry));
}

fn fuzz_parser(name: &str, format: Format) {
    fuzz(name, corpus(name), 3_000, |input| {
        let document = parse(format, input, &RULES);
        if let Ok(document) = &document {
            assert_sound(format, document);
        }
        assert_eq!(document, parse(format, input, &RULES));
    });
}

#[test]
fn text() {
    fuzz_parser("text", Format::Text);
}

#[test]
fn jsonl() {
    fuzz_parser("jsonl", Format::Jsonl);
}

#[test]
fn json() {
    fuzz_parser("json", Format::Json);
}

#[test]
fn csv() {
    fuzz_parser("csv", Format::Csv);
}

#[test]
fn feed() {
    fuzz_parser("feed", Format::Feed);
}

#[test]
fn time() {
    let times = [
        "2025-12-01",
        "2025-12-01T08:00:00.5+05:30",
        "1764576000",
        "Mon, 01 Dec 2025 08:00:00 GMT",
        "2025-W49",
    ];
    fuzz("time", times.map(|time| time.as_bytes().to_vec()).to_vec(), 3_000, |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(time) = parse_time(&text) {
            assert_eq!(parse_time(&time.to_string()), Ok(time));
        }
        if let Some(id) = Id::parse(&text) {
            assert_eq!(Id::parse(&id.to_string()), Some(id));
        }
    });
}

fn method() -> Method {
    Method::try_from(Settings::default()).unwrap()
}

/// Headlines of a subject, a day apart, from this number on.
fn news(from: i64, count: i64) -> Vec<Headline> {
    let deeds = ["enters second week", "spreads to ferries", "divides the council", "ends in agreement"];
    let places = ["Harbour", "Tram", "Quarry", "Lighthouse", "Glacier"];
    (from..from + count)
        .map(|n| {
            let (place, deed) = (places[n as usize % 5], deeds[n as usize / 5 % 4]);
            Headline {
                id: format!("h{n}"),
                text: format!("{place} strike {deed}, day {n}"),
                time: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (n / 4))),
                source: Some("Dock Post".into()),
                url: None,
                lang: None,
            }
        })
        .collect()
}

/// Whatever is taken for a checkpoint can be worked with as if it were one.
#[test]
fn checkpoint() {
    let written = [0, 3, 40].map(|count| {
        let mut engine = Engine::new(method());
        engine.apply(news(0, count), Timestamp::UNIX_EPOCH);
        engine.checkpoint().unwrap()
    });
    fuzz("checkpoint", written.to_vec(), 400, |input| {
        let Some(mut engine) = Engine::resume(method(), input) else { return };
        engine.apply(news(38, 30), Timestamp::UNIX_EPOCH);
        engine.delete("h2", Timestamp::UNIX_EPOCH);
        engine.explain("h39");
        let snapshot = engine.snapshot();
        assert!(snapshot.headlines().count() >= 30);
        engine.checkpoint().unwrap();
    });
}

/// Sends a request for this target, however it is written, and returns the answer.
fn answer(server: &Server, target: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let head = [b"GET ", target, b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"].concat();
    let mut answer = Vec::new();
    // A request that is none may be answered, and the connection closed, before all of it was sent.
    let _ = connection.write_all(&head);
    let _ = connection.read_to_end(&mut answer);
    answer
}

/// Every query is answered, and no answer is a fault of the service.
#[test]
fn query() {
    let server = Server::start();
    let headlines: Vec<String> = news(0, 40)
        .iter()
        .map(|headline| json!({"id": headline.id, "title": headline.text, "lang": "en"}).to_string())
        .collect();
    assert_eq!(server.post("/v1/headlines", "application/x-ndjson", headlines.join("\n")).status, 200);
    fuzz("query", corpus("query"), 1_500, |input| {
        // A line end would begin something else than the query.
        let target: Vec<u8> = input.iter().copied().filter(|byte| !b"\r\n \0".contains(byte)).collect();
        let answer = answer(&server, &target);
        let status = answer.get(9..12).unwrap_or_default();
        assert!(status < b"500".as_slice() && !status.is_empty(), "{}", String::from_utf8_lossy(&answer));
    });
    assert!(!server.log().contains("panicked"), "{}", server.log());
    assert_eq!(server.get("/v1/status").json()["headlines"], 40);
}
