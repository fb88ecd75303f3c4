/// A plugin in plain C: one source file, a Makefile, a configuration to try it with.
enum CSkeleton {
    static func files(kind: PluginSkeleton.Kind) -> [(path: String, contents: String)] {
        let source =
            switch kind {
            case .exporter: exporter
            case .metrics: metrics
            }
        return [
            ("plugin.c", source + descriptor),
            ("Makefile", makefile),
            ("config.json", configuration),
            ("README.md", readme),
        ]
    }

    /// What every plugin in C ends with.
    private static let descriptor = #"""

        static const agent_plugin plugin = {
            .size = sizeof plugin,
            .abi_major = AGENT_ABI_MAJOR,
            .abi_minor = AGENT_ABI_MINOR,
            /* A domain of yours, backwards; never change it once it is in use. */
            .id = AGENT_STR("org.example.agent.@SLUG@"),
            .name = AGENT_STR("@NAME@"),
            .version = AGENT_STR("0.1.0"),
            .vendor = AGENT_STR("Example"),
            .summary = AGENT_STR("@SUMMARY@"),
            .settings_schema = {settings_schema, sizeof settings_schema - 1},
            .create = create,
            .destroy = destroy,
            .get_interface = get_interface,
        };

        agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out,
                                        agent_error *error) {
            (void)host;
            (void)error;
            *out = &plugin;
            return AGENT_OK;
        }

        """#

    private static let makefile = #"""
        # AGENT_INCLUDE: the directory of agent_plugin.h
        AGENT_INCLUDE ?= /usr/local/include
        CFLAGS = -std=c11 -O2 -fPIC -fvisibility=hidden -Wall -Wextra -Wpedantic -Werror
        @SLUG@.so: plugin.c; $(CC) $(CFLAGS) -I$(AGENT_INCLUDE) -shared -o $@ $<

        """#

    private static let configuration = #"""
        {
          "plugins": [
            { "library": "./@SLUG@.so" }
          ]
        }

        """#

    private static let readme = #"""
        # @NAME@

        @SUMMARY@

            make AGENT_INCLUDE=DIRECTORY        # the directory of agent_plugin.h
            agent plugin check ./@SLUG@.so
            agent --list-plugins --plugin ./@SLUG@.so
            agent run --config config.json

        """#
}
