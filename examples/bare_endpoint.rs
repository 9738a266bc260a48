//! A bare actix-web endpoint that answers every GET with the bytes of a file: what the load test compares reads with.
//!
//! `cargo run --release --example bare_endpoint -- FILE PORT_FILE [WORKERS]`

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(port_file)) = (arguments.next(), arguments.next()) else {
        return Err(std::io::Error::other("usage: bare_endpoint FILE PORT_FILE [WORKERS]"));
    };
    let workers = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(2);
    let body = Bytes::from(std::fs::read(file)?);
    let server = HttpServer::new(move || {
        let body = body.clone();
        let answer = move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        };
        App::new().default_service(web::to(answer))
    })
    .workers(workers)
    .bind("127.0.0.1:0")?;
    let port = server.addrs().first().map_or(0, std::net::SocketAddr::port);
    std::fs::write(port_file, port.to_string())?;
    server.run().await
}
