//! Titles made to cause trouble, through every way in and every way out: each is kept as it is or refused by itself.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::sync::LazyLock;

use quick_xml::events::Event;
use rstest::rstest;
use serde_json::{Value, json};
use slugline::engine::{Method, Settings, group};
use slugline::ingest::{Format, Rejection, Rules, parse};
use support::{Answer, Server, run, slugline};

/// Characters that change the order in which others are shown.
const DIRECTIONS: &str = "\u{200E}\u{200F}\u{61C}\u{202A}\u{202B}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}";
/// Characters without width, among them one that a line may begin with.
const WIDTHLESS: &str = "\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}\u{180E}\u{34F}";

/// Titles that are kept.
static KEPT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut titles: Vec<String> =
        DIRECTIONS.chars().map(|mark| format!("Ferry {mark}strike spreads")).collect();
    titles.extend(WIDTHLESS.chars().map(|mark| format!("T{mark}r{mark}a{mark}m tunnel floods")));
    titles.push(format!("Owl{} nests", "\u{301}\u{489}\u{20DD}".repeat(300)));
    titles.push("\u{301}".repeat(1_000));
    titles.push("x".repeat(1_000));
    titles.push("𝕏".repeat(1_000));
    titles.push("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F466}".repeat(199));
    titles.push("\u{1F1E6}".repeat(999));
    titles.push("\u{FFFE}\u{FFFF}\u{10FFFF}\u{FFFD}\u{E000}".into());
    titles.push("a ".repeat(499) + "b");
    titles.extend(
        [
            "</a></li></ul></main><script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "]]><!-- --><![CDATA[ &lt;b&gt; &amp;amp; &#x202E;",
            "=HYPERLINK(\"https://echo.example/\",\"strike\")",
            "\"quoted\", 'single', `back` and \\n",
            "{{ 7 * 7 }} {% raw %} ${jndi:x} %s%n %00",
            "'; DROP TABLE entries; --",
            "../../../etc/passwd",
            "data: 1\\n\\nevent: x",
            "| a | b | *c* _d_ [e](f) $g$",
            "null",
            "NaN",
            "0",
            "...",
            "—",
        ]
        .map(str::to_owned),
    );
    titles
});

/// A title of each block of 256 code points that has any assigned: words of eight characters.
fn blocks() -> impl Iterator<Item = String> {
    let first = (0..0x324u32).chain(0xE00..0xE02).chain([0xF00, 0x10FF]).map(|block| block << 8);
    first.map(|first| {
        let characters: Vec<char> = (first..first + 256).filter_map(char::from_u32).collect();
        let words: Vec<String> =
            characters.chunks(8).map(|word| word.iter().filter(|c| !c.is_control()).collect()).collect();
        words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

/// Everything that is kept, each title once.
fn all() -> Vec<String> {
    // What is all surrogates, or drawn as nothing, leaves no title.
    let drawn = |title: &String| {
        !title.is_empty() && !title.starts_with('\u{E0000}') && !title.starts_with('\u{E0100}')
    };
    KEPT.iter().cloned().chain(blocks().filter(drawn)).collect()
}

fn json_lines(titles: &[String]) -> String {
    let line = |(n, title): (usize, &String)| json!({"id": format!("x{n}"), "title": title}).to_string();
    titles.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

fn csv_of(titles: &[String]) -> String {
    let row = |title: &String| format!("\"{}\"\n", title.replace('"', "\"\""));
    format!("title\n{}", titles.iter().map(row).collect::<String>())
}

/// The titles of a document, each of which must have been accepted.
fn accepted(format: Format, body: &str) -> Vec<String> {
    let document = parse(format, body.as_bytes(), &Rules::default()).unwrap();
    document.items.into_iter().map(|item| item.result.unwrap().text).collect()
}

#[test]
fn every_notation_brings_the_same_titles() {
    let titles = all();
    assert!(titles.len() > 780);
    assert_eq!(accepted(Format::Jsonl, &json_lines(&titles)), titles);
    assert_eq!(accepted(Format::Text, &titles.join("\n")), titles);
    assert_eq!(accepted(Format::Csv, &csv_of(&titles)), titles);
    let array: Vec<Value> = titles.iter().map(|title| json!({"title": title})).collect();
    assert_eq!(accepted(Format::Json, &json!(array).to_string()), titles);
}

#[rstest]
#[case("x".repeat(1 << 20))]
#[case("\u{301}".repeat(1 << 20))]
#[case("\u{202E}x".repeat(1 << 19))]
#[case("long ".repeat(200) + "word")]
fn a_title_without_end_is_refused_by_its_length(#[case] title: String) {
    let rejected = parse(Format::Text, title.as_bytes(), &Rules::default()).unwrap().items[0].result.clone();
    assert_eq!(rejected, Err(Rejection::TitleTooLong { chars: title.chars().count(), limit: 1_000 }));
}

/// With the limits wide open, a megabyte of one letter is a title like others.
#[test]
fn the_method_takes_titles_of_any_length() {
    let titles = [
        "x".repeat(1 << 20),
        "\u{301}".repeat(1 << 20),
        "ж".repeat(1 << 20),
        "字".repeat(1 << 18),
        "strike ".repeat(1 << 15),
        (0..20_000).map(|n| format!("word{n} ")).collect(),
    ];
    let rules = Rules { title_chars: usize::MAX, ..Rules::default() };
    let document = parse(Format::Text, titles.join("\n").as_bytes(), &rules).unwrap();
    let entries = document.items.into_iter().enumerate();
    let headlines: Vec<_> =
        entries.map(|(n, item)| item.result.unwrap().into_headline(n.to_string())).collect();
    let grouping = group(&headlines, &Method::try_from(Settings::default()).unwrap());
    assert_eq!(grouping.placements.len(), titles.len());
}

/// Posts all titles.
fn service_with(titles: &[String]) -> Server {
    let server = Server::start();
    let answer = server.post("/v1/headlines", "application/x-ndjson", json_lines(titles));
    assert!(answer.verdicts().iter().all(|verdict| verdict == "created"), "{}", answer.text());
    server
}

/// What stands between two marks on a page, references resolved.
fn shown<'a>(page: &'a str, before: &str, after: &str) -> std::borrow::Cow<'a, str> {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}")).1;
    quick_xml::escape::unescape(rest.split_once(after).unwrap().0).unwrap()
}

fn assert_well_formed(feed: &Answer) {
    let mut xml = quick_xml::Reader::from_str(feed.text());
    xml.config_mut().check_end_names = true;
    while !matches!(xml.read_event().unwrap(), Event::Eof) {}
    let forbidden = |c: char| matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\0'..='\u{8}');
    assert!(!feed.text().contains(forbidden));
}

#[test]
fn the_service_gives_back_what_it_was_given() {
    let titles = all();
    let server = service_with(&titles);
    for (n, title) in titles.iter().enumerate().take(KEPT.len() + 40) {
        assert_eq!(&server.get(&format!("/v1/headlines/x{n}")).json()["text"], title);
        let page = server.get(&format!("/headlines/x{n}"));
        assert_eq!(page.status, 200);
        // A line end that is not escaped is read as one; no title has any.
        assert_eq!(shown(page.text(), "<h1><bdi>", "</bdi></h1>"), title.as_str());
        for tag in ["<script>alert", "<img", "</main><"] {
            assert!(!page.text().contains(tag), "{}", page.text());
        }
    }
    let table = server.get("/v1/headlines.csv");
    let mut rows = csv::Reader::from_reader(table.body.as_slice());
    let kept: Vec<String> = rows.records().map(|row| row.unwrap()[1].to_owned()).collect();
    assert_eq!(kept, titles);
    for path in [
        "/",
        "/v1/topics?limit=500",
        "/v1/feeds/topics.json",
        "/v1/events",
        "/v1/search?q=strike",
        "/metrics",
    ] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_well_formed(&server.get("/v1/feeds/topics.atom?limit=500"));
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// Whatever direction a title ends in, what follows it on the page keeps its own.
#[test]
fn titles_and_publishers_are_isolated_on_the_page() {
    let server = Server::start();
    let headlines: Vec<Value> = (0..4)
        .map(|n| json!({"id": format!("x{n}"), "title": format!("\u{202E}Harbour strike, day {n}"), "source": "\u{202E}Dock Post"}))
        .collect();
    assert_eq!(server.post_json(&json!(headlines).to_string()).status, 200);
    for path in ["/", "/topics/t-000001", "/stories/s-000001", "/headlines/x1", "/topics/t-000001?page=1"] {
        let page = server.get_with(path, ("accept", "text/html"));
        let (_, body) = page.text().split_once("<main").unwrap_or_else(|| panic!("{path}: {}", page.text()));
        let marks: Vec<&str> = body.match_indices('\u{202E}').map(|(at, _)| &body[..at]).collect();
        assert!(!marks.is_empty(), "{path}");
        for before in marks {
            let in_attribute = before.rfind('<') > before.rfind('>');
            assert!(before.ends_with("<bdi>") || in_attribute, "{path}: {before}");
        }
    }
}

#[rstest]
fn the_command_line_prints_them(#[values("table", "markdown", "json", "jsonl", "csv")] format: &str) {
    let titles = all();
    let lines = json_lines(&titles);
    let output = run(
        slugline().args(["cluster", "-", "--input-format", "jsonl", "--format", format]),
        lines.as_bytes(),
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!printed.contains(|c: char| c.is_control() && c != '\n'));
}
