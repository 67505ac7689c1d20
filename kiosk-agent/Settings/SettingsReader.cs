
namespace KioskFleet.Agent.Settings;

/// <summary>
/// Reads single settings with their ranges and keeps every finding. Every name asked for is known from then on; what
/// the file holds beyond these is a finding too, so that a misspelt setting is never ignored in silence. Not
/// thread-safe.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<SettingFinding> _findings = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<SettingFinding> Findings => _findings;

    /// <summary>A whole number within a range.</summary>
    public int Number(string name, int fallback, int least, int most) => OptionalNumber(name, least, most) ?? fallback;

    /// <summary>A whole number within a range, or null when it is not set.</summary>
    public int? OptionalNumber(string name, int least, int most)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Wrong(name, text, new Expectation("TakesNumber", least, most));
        return null;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (Raw(name) is not { } text || bool.TryParse(text, out fallback))
        {
            return fallback;
        }

        Wrong(name, text, new Expectation("TakesFlag"));
        return fallback;
    }

    /// <summary>An absolute path, or null when it is not set.</summary>
    public string? OptionalPath(string name)
    {
        if (Raw(name) is not { } text || (Path.IsPathRooted(text) && !text.Contains('\0', StringComparison.Ordinal)))
        {
            return Raw(name);
        }

        Wrong(name, text, new Expectation("TakesPath"));
        return null;
    }

    /// <summary>An http or https URL, or null when it is not set. Ends in a slash.</summary>
    public Uri? OptionalUrl(string name)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.UserInfo.Length == 0)
        {
            return url;
        }

        Wrong(name, text, new Expectation("TakesUrl"));
        return null;
    }

    /// <summary>A host name or IP address, or null when it is not set.</summary>
    public string? OptionalHost(string name)
    {
        if (Raw(name) is not { } text || Uri.CheckHostName(text) != UriHostNameType.Unknown)
        {
            return Raw(name);
        }

        Wrong(name, text, new Expectation("TakesHost"));
        return null;
    }

    /// <summary>A list of listen addresses; a single text counts as a list of one. Null when it is not set.</summary>
    public IReadOnlyList<ListenAddress>? OptionalAddresses(string name, int most)
    {
        _known.Add(name);
        var section = configuration.GetSection(name);
        var children = section.GetChildren().ToList();
        string?[] texts = section.Value is { } single ? [single] : [.. children.Select(child => child.Value)];
        foreach (var child in children)
        {
            _known.Add(child.Path);
        }

        if (texts.Length == 0)
        {
            return null;
        }

        var addresses = new List<ListenAddress>(texts.Length);
        foreach (var text in texts)
        {
            if (ListenAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                Wrong(name, text ?? "null", new Expectation("TakesAddress"));
            }
        }

        if (texts.Length > most)
        {
            Wrong(name, $"{texts.Length}", new Expectation("TakesAddresses", most));
        }

        return addresses.Count == 0 ? null : addresses;
    }

    /// <summary>Adds a finding of a rule over several settings.</summary>
    public void Wrong(string name, string got, Expectation takes) =>
        _findings.Add(new SettingFinding(name, got, takes));

    /// <summary>Finds settings in the file that nobody asked for.</summary>
    public void RefuseUnknown(IConfiguration file)
    {
        foreach (var (path, value) in file.AsEnumerable())
        {
            if (value is not null && !_known.Contains(path))
            {
                Wrong(path, value, new Expectation("TakesNothing"));
            }
        }
    }

    private string? Raw(string name)
    {
        _known.Add(name);
        var section = configuration.GetSection(name);
        if (section.Value is null && section.GetChildren().FirstOrDefault() is { } child
            && !_known.Contains(child.Path))
        {
            _known.Add(child.Path);
            Wrong(name, "{…}", new Expectation("TakesOneValue"));
        }

        return string.IsNullOrEmpty(section.Value) ? null : section.Value;
    }
}
