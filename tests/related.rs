//! Topics that have to do with one another.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use serde_json::{Value, json};
use support::Server;

/// Two topics on Taiwan, one on a strike that is not, one on a strike elsewhere, one on neither.
fn stocked() -> Server {
    let server = Server::start();
    let posted = server.post(
        "/v1/headlines",
        "text/plain",
        "Taiwan earthquake rattles Hualien, no casualties reported\n\
         Earthquake rattles Hualien in eastern Taiwan, no casualties\n\
         Taiwan parliament passes budget for submarines after brawl\n\
         Submarines budget passes Taiwan parliament after brawl\n\
         Harbour pilots begin strike over pensions\n\
         Pensions dispute: harbour pilots in strike for a third day\n\
         Teachers strike closes schools across the valley\n\
         Schools across the valley closed as teachers strike goes on\n\
         Rare owl nests in the old tram depot\n\
         Tram depot owl: rare nest to stay\n",
    );
    assert_eq!(posted.status, 200, "{}", posted.text());
    server
}

/// Ids and labels of all topics.
fn topics(server: &Server) -> Vec<(String, String)> {
    let page = server.get("/v1/topics").json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["topics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|topic| (text(&topic["id"]), text(&topic["label"])))
        .collect()
}

fn related(server: &Server, id: &str) -> Vec<Value> {
    server.get(&format!("/v1/topics/{id}/related")).json()["related"].as_array().unwrap().clone()
}

#[test]
fn topics_are_tied_by_places_and_by_words() {
    let server = stocked();
    let topics = topics(&server);
    let with = |word: &str| {
        &topics.iter().find(|(_, label)| label.contains(word)).unwrap_or_else(|| panic!("{topics:?}")).0
    };
    let (harbour, teachers, owl) = (with("Harbour"), with("Schools"), with("Tram"));
    let tied = related(&server, harbour);
    assert_eq!(
        tied.iter().map(|topic| topic["id"].as_str().unwrap()).collect::<Vec<_>>(),
        [teachers],
        "{tied:?}"
    );
    assert_eq!((&tied[0]["terms"], &tied[0]["entities"]), (&json!(["strike"]), &json!([])));
    let back = related(&server, teachers);
    assert_eq!((&back[0]["id"], &back[0]["score"]), (&json!(harbour), &tied[0]["score"]));
    assert!(related(&server, owl).is_empty());
    let taiwan: Vec<&String> = topics
        .iter()
        .map(|topic| &topic.0)
        .filter(|id| server.get(&format!("/v1/topics/{id}")).json()["entities"] == json!(["Taiwan"]))
        .collect();
    assert_eq!(taiwan.len(), 2, "{topics:?}");
    let tied = related(&server, taiwan[0]);
    assert_eq!((&tied[0]["id"], &tied[0]["entities"]), (&json!(taiwan[1]), &json!(["Taiwan"])));
    let score = tied[0]["score"].as_f64().unwrap();
    assert!(score > 0.0 && score < 1.0);
}

#[test]
fn the_page_of_a_topic_links_to_what_is_related() {
    let server = stocked();
    let topics = topics(&server);
    let id = &topics.iter().find(|(_, label)| label.contains("Schools")).unwrap().0;
    let other = &related(&server, id)[0]["id"];
    let html = server.get_with(&format!("/topics/{id}"), ("accept", "text/html"));
    let link = format!("<a href=\"/topics/{}\">", other.as_str().unwrap());
    let section = html.text().split("<h2 id=\"related\">").nth(1).unwrap();
    assert!(section.contains(&link), "{section}");
    let owl = &topics.iter().find(|(_, label)| label.contains("Tram")).unwrap().0;
    let html = server.get_with(&format!("/topics/{owl}"), ("accept", "text/html"));
    assert!(!html.text().contains("<h2 id=\"related\">"));
}

#[test]
fn what_is_asked_for_is_checked() {
    let server = stocked();
    server.get("/v1/topics/t-none/related").assert_problem(404, "topic-not-found");
    server.get("/v1/topics/t-000001/related?limit=0").assert_problem(400, "invalid-query");
    server.get("/v1/topics/t-000001/related?x=1").assert_problem(400, "invalid-query");
    let one = server.get("/v1/topics/t-000001/related?limit=1").json();
    assert!(one["related"].as_array().unwrap().len() <= 1);
    assert_eq!(one["topic"], "t-000001");
}
