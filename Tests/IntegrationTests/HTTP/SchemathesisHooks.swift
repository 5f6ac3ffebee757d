/// What schemathesis is told beside the description.
enum SchemathesisHooks {
    /// Requests that follow the schema and still ask for what cannot be, in ways that no schema can say.
    static let text = #"""
        import schemathesis

        HIGHEST = 2**62 - 1


        def given(body, member):
            """A number in a body, in quotes or not; None if there is none."""
            value = body.get(member) if isinstance(body, dict) else None
            return int(value) if value is not None else None


        def is_impossible(case, response):
            body = case.body
            names = [case.path_parameters.get("name"), case.query.get("bizType"), case.query.get("after")]
            if isinstance(body, dict):
                names += [body.get("name"), body.get("bizType"), body.get("serviceName")]
            # The schema counts characters, the server bytes; what it answers as plain text says so or nothing.
            if any(isinstance(name, str) and len(name.encode()) > 64 for name in names):
                if "bytes" in response.text or "text/plain" in str(response.headers.get("content-type")):
                    return True
            if any((given(body, member) or 0) > HIGHEST for member in ("start", "maximum", "to", "by")):
                return True
            # A sequence cannot begin above its maximum.
            return (given(body, "start") or 1) > (given(body, "maximum") or HIGHEST)


        @schemathesis.hook
        def filter_failure(context, failure, case, response):
            if failure.code != "ST202":
                return True
            # A key is used once: schemathesis uses the one of the example for everything.
            if response.status_code == 422 and "Idempotency-Key" in case.headers:
                return False
            return not (response.status_code == 400 and is_impossible(case, response))
        """#
}
