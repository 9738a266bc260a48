//! A few headlines about a strike and about owls, to be corrected.

use super::Server;

/// The headlines, as JSON.
pub const NEWS: &str = r#"[
    {"id":"h1","title":"Harbour strike enters second week","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"h2","title":"Harbour strike: dockers vote to go on","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"h3","title":"Harbour strike hits coal imports","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"h4","title":"Dockers and owners talk as harbour strike goes on","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"w1","title":"Owl nests in tram depot","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"w2","title":"Tram depot closes for nesting owl","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"w3","title":"Owl chicks hatch in tram depot","lang":"en","time":"2025-12-01T08:00:00Z"}]"#;

/// A service that holds them.
pub fn start() -> Server {
    let server = Server::start();
    assert_eq!(server.post_json(NEWS).status, 200);
    server
}

/// The topic or story in which a headline is, as `level` says; empty if none.
pub fn at(server: &Server, headline: &str, level: &str) -> String {
    let placed = server.get(&format!("/v1/headlines/{headline}")).json();
    placed[level].as_str().unwrap_or_default().to_owned()
}
