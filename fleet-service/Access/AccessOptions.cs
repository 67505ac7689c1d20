using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Access;

/// <summary>Who may use the HTTP API. Section <c>Access</c>; immutable.</summary>
internal sealed record AccessOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Access";

    /// <summary>
    /// Whether whoever calls from this machine itself may read without a token. A call that came through a proxy, or
    /// that names another host than this machine, does not count. Default true.
    /// </summary>
    public bool AnonymousReadOnLoopback { get; init; } = true;

    /// <summary>
    /// The file with the first write token, made at first start (readable by its owner only); relative paths count from
    /// the data directory. Default <c>admin.token</c>.
    /// </summary>
    public string AdminTokenFile { get; init; } = "admin.token";
}

/// <summary>Reports wrong access settings.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AccessOptions options) =>
        string.IsNullOrWhiteSpace(options.AdminTokenFile)
            ? ValidateOptionsResult.Fail("Access:AdminTokenFile: got nothing; takes the path of a file.")
            : ValidateOptionsResult.Success;
}
