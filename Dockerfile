# Another registry or version: docker build --build-arg BUILD_IMAGE=… --build-arg RUN_IMAGE=…
ARG BUILD_IMAGE=rust:1.95-slim-bookworm
ARG RUN_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
# The C library becomes a part of the program, which saves the image one of its own and half of its size. A target that
# is named keeps the flag from what runs while compiling. Names of functions, an eighth of the program, are left out;
# a panic still says where in the source it was.
ENV RUSTFLAGS="-C target-feature=+crt-static" \
    CARGO_BUILD_TARGET=host-tuple \
    CARGO_PROFILE_RELEASE_STRIP=symbols
# Dependencies first: this layer is rebuilt only when a manifest changes. Stand-ins take the place of our code; benches
# and tests are not built here, so their files need not be there. The pinned toolchain file stays out: the image has that
# compiler, and rustup would only fetch it again.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src /data \
    && sed -i -e '/^\[\[bench\]\]/,/^$/d' -e '/^\[\[test\]\]/,/^$/d' -e '/^\[\[example\]\]/,/^$/d' Cargo.toml \
    && touch src/lib.rs \
    && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked --bin slugline
COPY src src
COPY data data
COPY templates templates
COPY assets assets
# Copied files may be older than the stand-ins they replace.
RUN touch src/lib.rs src/main.rs \
    && cargo build --release --locked --bin slugline \
    && cp target/*/release/slugline .

FROM ${RUN_IMAGE}
COPY --from=build /build/slugline /usr/local/bin/slugline
# Owned by the user of the service, so that a named volume mounted here is writable.
COPY --from=build --chown=65532:65532 /data /data
# Listens on all addresses of the container, and so wants SLUGLINE_KEYS_FILE or SLUGLINE_ALLOW_UNAUTHENTICATED=true.
ENV SLUGLINE_BIND=0.0.0.0:8080 \
    SLUGLINE_DATA_DIR=/data \
    SLUGLINE_LOG_FORMAT=json
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=5s --retries=3 CMD ["/usr/local/bin/slugline", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/slugline"]
CMD ["serve"]
