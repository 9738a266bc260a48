//! Invented titles, one trap each.

use rstest::rstest;

use super::*;

fn codes(title: &str) -> String {
    codes_at(title, None)
}

fn codes_at(title: &str, time: Option<&str>) -> String {
    let gazetteer = Gazetteer::embedded();
    let time = time.map(|time| time.parse().unwrap());
    let mentions = gazetteer.mentions(title, time);
    let codes: Vec<&str> = mentions.iter().map(|m| gazetteer.entity(m.entity).code.as_str()).collect();
    codes.join(" ")
}

#[test]
fn the_embedded_tables_parse_whole() {
    let gazetteer = Gazetteer::from_tables(ALIASES, ENTITIES, GIVEN_NAMES).unwrap();
    assert!(gazetteer.len() > 300 && gazetteer.aliases.len() > 7_000);
    assert_eq!(gazetteer.entities().count(), gazetteer.len());
    for (id, entity) in gazetteer.entities() {
        assert_eq!(gazetteer.by_code(&entity.code), Some(id));
        assert!(!entity.name.is_empty(), "{}", entity.code);
    }
}

#[test]
fn the_tables_are_in_step() {
    let named: FxHashSet<&str> = ALIASES.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).collect();
    let listed: FxHashSet<&str> =
        ENTITIES.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    assert!(listed.iter().all(|code| named.contains(code)));
}

#[test]
fn broken_tables_name_the_line() {
    let entities = "code\tname\tkind\tnear\nVE\tVenezuela\tcountry\n";
    let error = Gazetteer::from_tables("header\nCaracas\tVE\tcapital\n", entities, "").unwrap_err();
    assert_eq!(error, GazetteerError::Line { line: 2, what: "too few columns" });
    let error = Gazetteer::from_tables("header\nCaracas\tXX\tcapital\texact\n", entities, "").unwrap_err();
    assert_eq!(error, GazetteerError::Line { line: 2, what: "unknown entity" });
}

#[rstest]
#[case::name("Floods spread in Venezuela", "VE")]
#[case::demonym("Venezuelans queue for fuel as Iranian tanker docks", "VE IR")]
#[case::capital("Caracas rejects the offer", "VE")]
#[case::city("Power cut darkens Karachi", "PK")]
#[case::seat("Kremlin denies the report", "RU")]
#[case::leader("Maduro calls a vote", "VE")]
#[case::organisation("Nato to double its spending", "NATO")]
#[case::state("Storm nears Florida", "US-FL")]
#[case::short_state("Three N.J. towns and Tampa, Fla., flood", "US-NJ US-FL")]
#[case::person("Trump to visit the region", "P-TRUMP")]
#[case::nothing("Bakery wins a prize for its bread", "")]
#[case::empty("", "")]
fn names_of_every_kind_match(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case::possessive("Israel's budget passes", "IL")]
#[case::typographic("Taiwan’s chip sales grow", "TW")]
#[case::hyphen("US-Ukraine minerals deal", "US UA")]
#[case::dash("U.S.–Russia summit moved", "US RU")]
#[case::pair("Russia-Ukraine truce holds", "RU UA")]
#[case::stops("The U.S. and the U.K. sign", "US GB")]
#[case::hashtag("Rally for #Ukraine grows", "UA")]
#[case::quote("“Iran will answer”, says envoy", "IR")]
#[case::elision("La paix avec l’Iran", "IR")]
#[case::marks("Sao Paulo and Brasília flood; São Paulo worst", "BR BR BR")]
#[case::accents("Mexico and México, one team", "MX MX")]
#[case::compound("Port-au-Prince airport shut", "HT")]
#[case::spaced("Port au Prince airport shut", "HT")]
#[case::prefix("UN-led talks on non-EU workers", "UN EU")]
fn punctuation_does_not_hide_a_name(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case("Niger and Nigeria close the border", "NE NG")]
#[case("Nigerien and Nigerian troops meet", "NE NG")]
#[case("South Sudan and Sudan trade fire", "SS SD")]
#[case("Guinea-Bissau, Equatorial Guinea and Guinea vote", "GW GQ GN")]
#[case("Papua New Guinea landslide", "PG")]
#[case("Romania and Oman sign; a woman wins", "RO OM")]
#[case("Indiana school opens; Indian school closes", "US-IN IN")]
#[case("Dominica and the Dominican Republic brace", "DM DO")]
#[case("New Mexico fire spreads", "US-NM")]
#[case("West Virginia miners strike", "US-WV")]
#[case("North Korea fires a missile as South Korea votes", "KP KR")]
#[case("N.Korea and S.Korea talk", "KP KR")]
fn longer_names_win_and_words_are_whole(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case::us("They told us the US would wait", "US")]
#[case::who("Doctors who doubted WHO figures", "WHO")]
#[case::ice("Ice on the roads as ICE opens a centre", "ICE")]
#[case::turkey("How to carve a turkey", "")]
#[case::china("Grandmother's china sold; China buys", "CN")]
#[case::polish("Polish farmers block a road", "PL")]
#[case::polish_verb("Tips to polish silver", "")]
#[case::trump("Aces trump kings", "")]
#[case::xi("Xi hosts a dinner", "CN")]
#[case::xian("Xi'an museum reopens", "CN")]
#[case::shouted("BREAKING: TURKISH lira falls in IRAN talks", "TR IR")]
fn casing_tells_names_from_words(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case::lower("ukraine and japan tell us to wait", "UA JP")]
#[case::lower_words("who ate the turkey in reading", "")]
#[case::lower_name("michael jordan and jordan", "")]
#[case::upper("UKRAINE TELLS US TO WAIT FOR TURKEY", "UA TR")]
#[case::short_upper("US GDP", "US")]
fn titles_without_case_give_only_unambiguous_names(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case("Michael Jordan sells his team", "")]
#[case("Jim Jordan questions the witness", "")]
#[case("Jordan Love throws four touchdowns", "")]
#[case("Jordan Quill signs with a new club", "")]
#[case("Jordan and Iraq reopen a crossing", "JO IQ")]
#[case("Aid reaches Jordan", "JO")]
#[case("Jordan King Hosts Summit in Amman", "JO JO")]
#[case("Chad Smith drums again", "")]
#[case("Refugees cross into Chad", "TD")]
#[case("Meet Chad Quillon, The Baker of The Year", "")]
#[case("Chad Says Border Will Stay Shut", "TD")]
#[case("The alum Clara Jordan marries in a small chapel", "")]
#[case("Inside the mayor of Rome's Washington trip", "IT US")]
#[case("Data centres spread across Northern Virginia", "US-VA")]
#[case("Eid Mubarak wishes for the family", "")]
#[case("Paris Hilton opens a shop", "")]
#[case("Paris Saint-Germain draw at home", "")]
#[case("Strike halts trains in Paris", "FR")]
#[case("Tom Holland injured on set", "")]
#[case("Virginia Giuffre memoir published", "")]
#[case("Virginia votes for governor", "US-VA")]
#[case("Mark Cuban invests again", "")]
#[case("London, Ontario police name suspect", "")]
#[case("New England Patriots win", "")]
#[case("Washington Commanders hire a coach", "")]
#[case("Manchester United lose again", "")]
#[case("New York Giants draft a kicker", "")]
#[case("Pope Leo prays for Lebanon", "VA LB")]
fn people_and_teams_are_not_places(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[rstest]
#[case::state("Georgia recount begins", "US-GA")]
#[case::country("Georgia's ruling party defies protesters in Tbilisi", "GE GE")]
#[case::neighbours("Russia and Georgia restore flights", "RU GE")]
#[case::congo("Congo rebels take a town", "CD")]
#[case::other_congo("Congo leader greets crowds in Brazzaville", "CG CG")]
#[case::korea("Korea marks the armistice as Pyongyang parades", "KP KP")]
#[case::brussels("Brussels fines a search engine", "EU")]
#[case::belgium("Belgian police search Brussels homes", "BE BE")]
fn company_settles_an_ambiguous_name(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[test]
fn one_king_is_not_fifteen_countries() {
    assert_eq!(codes("King Charles opens a hospital"), "GB");
}

#[test]
fn leaders_count_around_their_time_in_office() {
    let merkel = "Angela Merkel publishes a memoir";
    assert_eq!(codes_at(merkel, Some("2024-11-26T08:00:00Z")), "DE");
    let former = "Hery Rajaonarimampianina speaks";
    assert_eq!(codes_at(former, Some("2015-06-01T00:00:00Z")), "MG");
    assert_eq!(codes_at(former, Some("2005-06-01T00:00:00Z")), "");
}

#[rstest]
#[case::cyrillic("Россия и Украина обменялись пленными", "RU UA")]
#[case::inflected("Переговоры с Россией о мире в Украине", "RU UA")]
#[case::adjective("российского посла вызвали в Кремль", "RU RU")]
#[case::too_long_for_a_stem("чадолюбивый", "")]
#[case::arabic("محادثات في العراق وروسيا", "IQ RU")]
#[case::chinese("中国与日本举行会谈", "CN JP")]
#[case::japanese("ウクライナで停戦協議", "UA")]
#[case::katakana_words("タイトルはチリソース、タイでは", "TH")]
#[case::short_stem("Индивид в Индии", "IN")]
#[case::korean("중국은 오늘", "CN")]
#[case::capitals("Tóquio, Bruxelles y Moscú", "JP EU RU")]
#[case::continent("América Latina vota", "LATIN-AMERICA")]
#[case::german("Frankreich und Deutschland einigen sich", "FR DE")]
#[case::spanish("Alemania y Francia firman", "DE FR")]
fn other_languages_match(#[case] title: &str, #[case] wanted: &str) {
    assert_eq!(codes(title), wanted);
}

#[test]
fn declined_names_are_named_whole() {
    let title = "Сборная Японии летит домой из Москвы";
    let named: Vec<&str> =
        Gazetteer::embedded().mentions(title, None).iter().map(|m| &title[m.start..m.end]).collect();
    assert_eq!(named, ["Японии", "Москвы"]);
}

#[test]
fn mentions_point_into_the_original_title() {
    let gazetteer = Gazetteer::embedded();
    let title = "São Paulo’s mayor flies to Côte d’Ivoire";
    let mentions = gazetteer.mentions(title, None);
    let spans: Vec<&str> = mentions.iter().map(|m| &title[m.start..m.end]).collect();
    assert_eq!(spans, ["São Paulo", "Côte d’Ivoire"]);
    assert_eq!(mentions[1].kind, AliasKind::Name);
}

proptest::proptest! {
    #[test]
    fn any_text_gives_valid_ordered_spans(title in "\\PC*(US|Iran|Côte d’Ivoire|Ро́ссия|中国|ß|İ)\\PC*") {
        let mut free = 0;
        for mention in Gazetteer::embedded().mentions(&title, None) {
            assert!(mention.start >= free && mention.start < mention.end);
            assert!(title.get(mention.start..mention.end).is_some());
            free = mention.end;
        }
    }
}
