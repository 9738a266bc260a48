use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn reasons(format: Format, body: &str) -> Vec<&'static str> {
    let document = parse(format, body.as_bytes(), &Rules::default()).unwrap();
    document.items.iter().map(|item| item.result.as_ref().map_or_else(Rejection::code, |_| "ok")).collect()
}

fn only_entry(body: &str) -> Entry {
    let document = parse(Format::Json, body.as_bytes(), &Rules::default()).unwrap();
    document.items[0].result.clone().unwrap()
}

#[test]
fn text_tolerates_byte_order_mark_windows_line_ends_and_blank_lines() {
    let body = "\u{FEFF}Dam reaches record low\r\n\r\n  \nHarbour  bridge\treopens\r\n";
    let document = parse(Format::Text, body.as_bytes(), &Rules::default()).unwrap();
    let read: Vec<_> =
        document.items.iter().map(|item| (item.line, item.result.as_ref().unwrap().text.as_str())).collect();
    assert_eq!(read, [(1, "Dam reaches record low"), (4, "Harbour bridge reopens")]);
}

#[rstest]
#[case(r#"{"id":"a"}"#, "missing_title")]
#[case(r#"{"title":null}"#, "missing_title")]
#[case(r#"{"title":"  "}"#, "empty_title")]
#[case("{\"title\":\"\u{200B}\u{FEFF}\"}", "empty_title")]
#[case("{\"title\":\"\u{3164}\u{2800} \u{FE0F}\u{E0041}\"}", "empty_title")]
#[case(r#"{"title":7}"#, "wrong_type")]
#[case(r#"{"title":"Rain","time":true}"#, "wrong_type")]
#[case(r#"{"title":"Rain","rank":1}"#, "unknown_field")]
#[case(r#"{"title":"Rain","text":"Rain"}"#, "repeated_field")]
#[case(r#"{"title":"Rain","id":"a","id":"b"}"#, "repeated_field")]
#[case(r#"{"title":"Rain\u0007"}"#, "control_character")]
#[case(r#"{"title":"Rain","id":""}"#, "invalid_id")]
#[case(r#"{"title":"Rain","id":"a/b"}"#, "invalid_id")]
#[case(r#"{"title":"Rain","id":".."}"#, "invalid_id")]
#[case(r#"{"title":"Rain","time":"yesterday"}"#, "invalid_time")]
#[case(r#"{"title":"Rain","url":"ftp://example.org/a"}"#, "invalid_url")]
#[case(r#"{"title":"Rain","url":"https:///a"}"#, "invalid_url")]
#[case(r#"{"title":"Rain","lang":"english"}"#, "invalid_lang")]
#[case(r#""Rain""#, "not_an_object")]
#[case("12", "not_an_object")]
#[case("[[]]", "not_an_object")]
#[case(r#"{"title":"\ud800"}"#, "invalid_json")]
#[case(r#"{"title":"Rain","lang":"pt-BR","time":1764576000}"#, "ok")]
fn each_bad_object_has_its_own_code_and_leaves_its_neighbours_alone(
    #[case] object: &str,
    #[case] code: &str,
) {
    let good = r#"{"title":"Snow"}"#;
    assert_eq!(reasons(Format::Json, &format!("[{good},\n{object},{good}]")), ["ok", code, "ok"]);
    assert_eq!(reasons(Format::Jsonl, &format!("{good}\n{object}\n{good}")), ["ok", code, "ok"]);
}

#[test]
fn titles_are_limited_in_characters_not_bytes() {
    let rules = Rules { title_chars: 10, ..Rules::default() };
    let body = format!("{}\n{}\n", "ж".repeat(10), "ж".repeat(11));
    let document = parse(Format::Text, body.as_bytes(), &rules).unwrap();
    assert!(document.items[0].result.is_ok());
    assert_eq!(document.items[1].result, Err(Rejection::TitleTooLong { chars: 11, limit: 10 }));
}

#[test]
fn invalid_utf8_costs_one_line_of_text_but_the_whole_of_a_json_document() {
    let lines = parse(Format::Text, b"Fog lifts\nFog \xFF lifts\n", &Rules::default()).unwrap();
    assert_eq!(lines.items[1].result, Err(Rejection::InvalidUtf8 { offset: 4 }));
    let json = parse(Format::Json, b"[{\"title\":\"\xFF\"}]", &Rules::default());
    assert_eq!(json, Err(DocumentError::InvalidUtf8 { offset: 11 }));
}

#[rstest]
#[case("[{\"title\":\"a\"},\n oops]", 2, 2)]
#[case("[{\"title\":\"a\"}", 1, 14)]
#[case("[] []", 1, 4)]
#[case("{\"title\"", 1, 8)]
#[case("nope", 1, 2)]
fn a_broken_json_document_is_located(#[case] body: &str, #[case] line: usize, #[case] column: usize) {
    match parse(Format::Json, body.as_bytes(), &Rules::default()) {
        Err(DocumentError::InvalidJson { line: l, column: c, .. }) => assert_eq!((l, c), (line, column)),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case(Format::Json, "3", DocumentError::NotHeadlines { found: "a number" })]
#[case(Format::Json, " \n", DocumentError::Empty)]
#[case(Format::Text, "\u{FEFF}\r\n", DocumentError::Empty)]
#[case(Format::Csv, "name,rank\nx,1\n", DocumentError::NoTitleColumn { found: "name, rank".into() })]
#[case(Format::Csv, "title,id,ID\n", DocumentError::RepeatedColumn { column: "id".into() })]
fn documents_that_are_no_headlines_are_refused(
    #[case] format: Format,
    #[case] body: &str,
    #[case] error: DocumentError,
) {
    assert_eq!(parse(format, body.as_bytes(), &Rules::default()), Err(error));
}

#[test]
fn utf16_is_named_as_such() {
    assert_eq!(parse(Format::Text, b"\xFF\xFEa\0", &Rules::default()), Err(DocumentError::Utf16));
}

#[test]
fn csv_reads_known_columns_in_any_order_and_notes_the_others() {
    let body = "Rank,Title,Text,TIME\n1,\"Strike, day two\",Long article,2025-12-01\n\n2,Short\n";
    let document = parse(Format::Csv, body.as_bytes(), &Rules::default()).unwrap();
    assert_eq!(document.ignored_fields, ["rank", "text"]);
    let first = document.items[0].result.as_ref().unwrap();
    assert_eq!(first.text, "Strike, day two");
    assert_eq!(first.time.unwrap().to_string(), "2025-12-01T00:00:00Z");
    assert_eq!(document.items[1].line, 4);
    assert_eq!(document.items[1].result, Err(Rejection::WrongColumnCount { wanted: 4, found: 2 }));
}

#[rstest]
#[case("\n")]
#[case("\r\n")]
fn csv_rows_know_their_line(#[case] end: &str) {
    let body = ["title", "a", "", "", "\"b", "b\"", "c", ""].join(end);
    let document = parse(Format::Csv, body.as_bytes(), &Rules::default()).unwrap();
    let lines: Vec<_> = document.items.iter().map(|item| item.line).collect();
    assert_eq!(lines, [2, 5, 7]);
}

#[test]
fn too_many_items_are_refused_in_every_format() {
    let rules = Rules { items: 2, ..Rules::default() };
    let object = r#"{"title":"Hail"}"#;
    for (format, body) in [
        (Format::Text, "a\nb\nc\n".to_owned()),
        (Format::Jsonl, format!("{object}\n{object}\n{object}\n")),
        (Format::Json, format!("[{object},{object},{object},{object}]")),
        (Format::Csv, "title\na\nb\nc\n".to_owned()),
    ] {
        let parsed = parse(format, body.as_bytes(), &rules);
        assert_eq!(parsed, Err(DocumentError::TooManyItems { limit: 2 }), "{format:?}");
    }
}

#[rstest]
#[case("2025-12-01", "2025-12-01T00:00:00Z")]
#[case("2025-12-01T08:30:00+02:00", "2025-12-01T06:30:00Z")]
#[case("1764576000", "2025-12-01T08:00:00Z")]
#[case("1764576000.5", "2025-12-01T08:00:00.5Z")]
fn times_are_read_in_three_notations(#[case] text: &str, #[case] wanted: &str) {
    assert_eq!(parse_time(text).unwrap().to_string(), wanted);
}

#[rstest]
#[case("1764576000000", "milliseconds")]
#[case("2025-02-30", "no day")]
#[case("2025-12-01T08:30:00", "offset")]
#[case("99999999999999999999", "RFC 3339")]
fn bad_times_say_what_is_wrong(#[case] text: &str, #[case] hint: &str) {
    let message = parse_time(text).unwrap_err().to_string();
    assert!(message.contains(hint), "{message}");
}

#[test]
fn reposts_share_an_id_and_other_days_or_sources_do_not() {
    let received = "2025-12-01T10:00:00Z".parse().unwrap();
    let id = |body: &str| content_id(&only_entry(body), received);
    let first = id(r#"{"title":"Tunnel opens, at last!","source":"Dock Post"}"#);
    assert_eq!(first.len(), 15);
    assert_eq!(first, id(r#"{"title":"TUNNEL OPENS AT LAST","source":"dock post","time":"2025-12-01"}"#));
    assert_ne!(first, id(r#"{"title":"Tunnel opens at last","source":"Dock Post","time":"2025-12-02"}"#));
    assert_ne!(first, id(r#"{"title":"Tunnel opens at last"}"#));
}

#[test]
fn addresses_decide_over_titles() {
    let received = jiff::Timestamp::UNIX_EPOCH;
    let id = |title: &str, url: &str| {
        content_id(&only_entry(&format!(r#"{{"title":"{title}","url":"{url}"}}"#)), received)
    };
    let first = id("Tunnel opens", "https://Post.example/a?utm_source=x&n=1#top");
    assert_eq!(first, id("Tunnel has opened", "https://post.example/a/?n=1"));
    assert_ne!(first, id("Tunnel opens", "https://post.example/A?n=1"));
}

#[test]
fn positions_never_collide_with_given_ids() {
    let entries = vec![
        (1, only_entry(r#"{"title":"Ice","id":"2"}"#)),
        (2, only_entry(r#"{"title":"Ice"}"#)),
        (3, only_entry(r#"{"title":"Ice"}"#)),
    ];
    let ids: Vec<_> = position_ids(entries).into_iter().map(|headline| headline.id).collect();
    assert_eq!(ids, ["2", "line-2", "3"]);
}

#[rstest]
#[case("[LIVE] Storm nears coast\n", Format::Text)]
#[case("Prices, wages, rents: what to know\n", Format::Text)]
#[case("[ {\"title\":\"a\"}]", Format::Json)]
#[case("{\"title\":\"a\"}\n{\"title\":\"b\"}", Format::Jsonl)]
#[case("{\n \"title\":\"a\"\n}", Format::Json)]
#[case("id,Title,url\n1,a,b", Format::Csv)]
#[case("\u{FEFF}\n<?xml version=\"1.0\"?>\n<rss/>", Format::Feed)]
#[case("<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", Format::Feed)]
#[case("<b>Storm</b> nears coast\n", Format::Text)]
#[case("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}", Format::Feed)]
fn formats_are_sniffed_with_care(#[case] body: &str, #[case] wanted: Format) {
    assert_eq!(Format::sniff(body.as_bytes()), wanted);
}

#[test]
fn a_json_file_may_be_a_feed() {
    let of_file = |name: &str, body: &str| Format::of_file(name.as_ref(), body.as_bytes());
    assert_eq!(of_file("a.json", "{\n\"version\":\"https://jsonfeed.org/version/1\"}"), Format::Feed);
    assert_eq!(of_file("a.json", "{\"title\":\"Storm\",\"version\":\"1\"}"), Format::Json);
    assert_eq!(of_file("a.XML", "Storm"), Format::Feed);
    assert_eq!(of_file("a", "<rss/>"), Format::Feed);
}

fn any_format() -> impl Strategy<Value = Format> {
    use Format::{Csv, Feed, Json, Jsonl, Text};
    prop_oneof![Just(Text), Just(Jsonl), Just(Json), Just(Csv), Just(Feed)]
}

proptest! {
    #[test]
    fn parsers_never_panic_on_arbitrary_bytes(format in any_format(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(format, &bytes, &Rules::default());
        let _ = Format::sniff(&bytes);
    }

    #[test]
    fn parsers_never_panic_on_near_json(format in any_format(), body in r#"([\[\]{}:,\n ]|"title"|"id"|"time"|"[a-z\\"]{0,6}"|-?[0-9]{1,20}|null|true){0,30}"#) {
        let _ = parse(format, body.as_bytes(), &Rules::default());
    }

    #[test]
    fn every_line_gives_one_item(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..20)) {
        let lines: Vec<Vec<u8>> = lines.into_iter().map(|mut line| { line.retain(|&b| b != b'\n'); line.insert(0, b'x'); line }).collect();
        let body = lines.join(&b'\n');
        for format in [Format::Text, Format::Jsonl] {
            let document = parse(format, &body, &Rules::default()).unwrap();
            let numbers: Vec<usize> = document.items.iter().map(|item| item.line).collect();
            prop_assert_eq!(numbers, (1..=lines.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_csv_row_gives_one_item(rows in prop::collection::vec("[a-z,]{1,12}x", 1..20)) {
        let body = format!("title,id\n{}\n", rows.join("\n"));
        let document = parse(Format::Csv, body.as_bytes(), &Rules::default()).unwrap();
        prop_assert_eq!(document.items.len(), rows.len());
    }

    #[test]
    fn accepted_titles_are_clean(body in any::<String>()) {
        let document = parse(Format::Text, body.as_bytes(), &Rules::default()).unwrap_or_default();
        for entry in document.items.iter().filter_map(|item| item.result.as_ref().ok()) {
            prop_assert!(!entry.text.is_empty() && entry.text == entry.text.trim());
            prop_assert!(!entry.text.chars().any(char::is_control));
        }
    }

    #[test]
    fn times_never_panic(text in "[-0-9TZ:.+]{0,30}") {
        let _ = parse_time(&text);
    }
}
