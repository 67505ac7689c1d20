using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Access;

/// <summary>Registers authentication, the policies and the audit log.</summary>
internal static class AccessModule
{
    /// <summary>Adds access control: every endpoint that names no policy takes a write token.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>()
            .Bind(configuration.GetSection(AccessOptions.Section), o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<CabinetCredentials>();
        services.AddSingleton<IChangeFollower>(provider => provider.GetRequiredService<CabinetCredentials>());
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AuditLog>();
        services.AddHostedService<AccessStart>();

        // Any service can read what another one protected, and what it protected itself before a start.
        services.AddDataProtection().SetApplicationName("KioskFleet");
        services.AddSingleton<DataProtectionKeyStore>();
        services.AddOptions<KeyManagementOptions>().Configure<DataProtectionKeyStore>(
            (keys, store) => keys.XmlRepository = store);

        // The core alone: the usual registration also looks for keys at once, before the database is open.
        services.AddAuthenticationCore(o => o.DefaultScheme = AccessPolicies.Scheme);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(AccessPolicies.Scheme, null);
        services.AddSingleton<IAuthorizationHandler, ScopeAuthorization>();
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Read, p => p.AddRequirements(new ScopeRequirement(AccessScope.Read)))
            .AddPolicy(AccessPolicies.Write, p => p.AddRequirements(new ScopeRequirement(AccessScope.Write)))
            .SetDefaultPolicy(Policy(AccessScope.Write))
            .SetFallbackPolicy(Policy(AccessScope.Write));
        return services;
    }

    /// <summary>Maps <c>/api/v1/audit</c>.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/audit", (AuditLog audit, string? subject, long? before, int? count) =>
                audit.Read(subject, before, count ?? 100))
            .RequireAuthorization(AccessPolicies.Write)
            .WithTags("Access")
            .WithName("GetAudit")
            .WithSummary("Changes by people, newest first; 'before' is the last audit id of the page before");
        return routes;
    }

    private static AuthorizationPolicy Policy(AccessScope scope) =>
        new AuthorizationPolicyBuilder().AddRequirements(new ScopeRequirement(scope)).Build();
}

/// <summary>Asks for a scope.</summary>
internal sealed record ScopeRequirement(AccessScope Scope) : IAuthorizationRequirement;

/// <summary>Grants a scope by token, and reading to this machine itself if the settings say so.</summary>
internal sealed class ScopeAuthorization(IHttpContextAccessor accessor, IOptions<AccessOptions> options)
    : AuthorizationHandler<ScopeRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var scope = context.User.FindFirst(AccessPolicies.ScopeClaim)?.Value;
        if (scope == "write" || (scope == "read" && requirement.Scope == AccessScope.Read))
        {
            context.Succeed(requirement);
        }
        else if (requirement.Scope == AccessScope.Read && options.Value.AnonymousReadOnLoopback
            && accessor.HttpContext is { } http && !http.Request.Headers.ContainsKey("Authorization")
            && AccessPolicies.IsLoopback(http.Connection.RemoteIpAddress, http.Request.Host.Host, http.Request.Headers))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Reads the credentials and makes sure of the admin token when the host starts.</summary>
internal sealed class AccessStart(
    CabinetCredentials credentials, AccessTokens tokens, IOptions<AccessOptions> options,
    IOptions<StorageOptions> storage, ILogger<AccessStart> log) : IHostedService
{
    private const string AdminName = "admin";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        credentials.Load();
        var path = Path.Combine(Path.GetFullPath(storage.Value.DataDirectory), options.Value.AdminTokenFile);
        var token = File.Exists(path)
            ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim()
            : await MakeAsync(path, cancellationToken);

        // The file is the truth for this one token, so that it also opens a database restored from a backup.
        await tokens.AddAsync(token, AdminName, AccessScope.Write, null, "service", cancellationToken);
        AccessLog.AdminToken(log, path);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<string> MakeAsync(string path, CancellationToken ct)
    {
        var token = Secret.Make();
        var fileOptions = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            fileOptions.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, fileOptions);
        await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(token + "\n"), ct);
        file.Flush(flushToDisk: true);
        return token;
    }
}
