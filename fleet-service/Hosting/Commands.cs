using System.CommandLine;
using System.Data.Common;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;
using KioskFleet.Service.DetachedMonths;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Hosting;

/// <summary>The command line. Exit codes: 0 done, 1 failed, 2 wrong settings or data.</summary>
internal static class Commands
{
    /// <summary>Wrong settings, or a database that cannot be used.</summary>
    public const int WrongSettings = 2;

    private const string Actor = "command line";

    private static readonly Option<string[]> Settings = new("--set", "-s")
    {
        Description = "A setting, Section:Name=VALUE; may be given several times. It wins over file and environment.",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<FileInfo?> File = new("--config", "-c")
    {
        Description = "A JSON file with settings, read after appsettings.json.",
        Recursive = true,
    };

    /// <summary>The root command; without a sub-command it runs the service.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("""
            KioskFleet fleet service.

            Examples:
              KioskFleet.Service run --set Storage:DataDirectory=/var/lib/kioskfleet
              KioskFleet.Service backup /backup/fleet-2026-01-31.db
              KioskFleet.Service token create dashboard --scope read
            """);
        root.Options.Add(Settings);
        root.Options.Add(File);
        root.SetAction((parsed, ct) => RunAsync(parsed, ct));
        var run = new Command("run", "Runs the service (the default).");
        run.SetAction((parsed, ct) => RunAsync(parsed, ct));
        root.Subcommands.Add(run);
        root.Subcommands.Add(Backup());
        root.Subcommands.Add(Restore());
        root.Subcommands.Add(VerifyCommand.Create(GuardAsync, parsed => StorageOf(Configuration(parsed))));
        root.Subcommands.Add(MigrateCommand.Create(GuardAsync, parsed => StorageOf(Configuration(parsed))));
        root.Subcommands.Add(MoveLedgerCommand.Create(GuardAsync, parsed => StorageOf(Configuration(parsed))));
        root.Subcommands.Add(DetachMonthCommand.Detach(GuardAsync, parsed => OpenExisting(Configuration(parsed))));
        root.Subcommands.Add(DetachMonthCommand.Attach(GuardAsync, parsed => OpenExisting(Configuration(parsed))));
        root.Subcommands.Add(Token());
        root.Subcommands.Add(SettingsCommand.Create());
        root.Subcommands.Add(BrokerFilesCommand.Create(GuardAsync, Configuration, OpenExisting));
        return root;
    }

    /// <summary>Runs an action; a wrong setting is named on the error stream and gives exit code 2.</summary>
    internal static async Task<int> GuardAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (ConfigurationProblem.Describe(error) is { } lines)
        {
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return WrongSettings;
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync(error.InnerException is AddressInUseException
                ? $"{error.Message} Stop what listens there, or choose another with --set Urls=http://HOST:PORT."
                : error.Message);
            return 1;
        }
    }

    /// <summary>The settings of a call: appsettings.json, the file of --config, environment, --set.</summary>
    internal static IConfigurationRoot Configuration(ParseResult parsed)
    {
        var builder = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true);
        if (parsed.GetValue(File) is { } file)
        {
            if (!file.Exists)
            {
                throw new SettingException($"--config {file.FullName}: there is no such file.");
            }

            builder.AddJsonFile(file.FullName, optional: false);
            SettingNames.CheckFile(file.FullName, Names(file.FullName));
        }

        SettingNames.CheckEnvironment(Environment.GetEnvironmentVariables().Keys.Cast<string>());
        var settings = builder.AddEnvironmentVariables().AddCommandLine(Assignments(parsed)).Build();
        SettingNames.CheckUrls(settings["Urls"] ?? "");
        return settings;
    }

    /// <summary>Opens the database of the configured directory, migrated.</summary>
    internal static FleetDatabase Open(IConfiguration configuration) => FleetDatabase.Open(
        StorageOf(configuration), TimeProvider.System,
        NullLogger<FleetDatabase>.Instance);

    /// <summary>Opens a database that must be there: a backup of a new, empty one would look like a backup.</summary>
    /// <exception cref="StorageException">There is none.</exception>
    private static FleetDatabase OpenExisting(IConfiguration configuration)
    {
        var storage = StorageOf(configuration);
        using (var there = FleetDatabase.OpenToRead(storage))
        {
            // A file that is damaged says so when it is opened, with the way out.
            if (there.IsShared)
            {
                RequireTables(there, storage.Name);
            }
        }

        return Open(configuration);
    }

    private static void RequireTables(FleetDatabase database, string name)
    {
        try
        {
            using var connection = database.OpenReader();
            MigrationRunner.RequireAny(connection);
        }
        catch (DbException error)
        {
            throw new StorageException($"{name}: {FleetDatabase.WordsOf(error).TrimEnd('.')}.", error);
        }
    }

    /// <summary>The settings of the database, checked as at the start of a service.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">One is wrong.</exception>
    private static StorageOptions StorageOf(IConfiguration configuration)
    {
        var options = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var checkedNow = new StorageOptionsValidator().Validate(null, options);
        return checkedNow.Failed
            ? throw new Microsoft.Extensions.Options.OptionsValidationException(
                "", typeof(StorageOptions), checkedNow.Failures)
            : options;
    }

    /// <summary>The names of the settings in a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON.</exception>
    private static IEnumerable<string> Names(string file) =>
        new ConfigurationBuilder().AddJsonFile(file, optional: false).Build().AsEnumerable()
            .Where(setting => setting.Value is not null).Select(setting => setting.Key);

    /// <summary>The settings of --set as the configuration reads them.</summary>
    /// <exception cref="SettingException">One is no assignment, or there is no such setting.</exception>
    private static string[] Assignments(ParseResult parsed)
    {
        var given = parsed.GetValue(Settings) ?? [];
        SettingNames.Check(given);
        return [.. given.Select(s => "--" + s)];
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken ct) => GuardAsync(async () =>
    {
        _ = Configuration(parsed);
        var file = parsed.GetValue(File)?.FullName;
        await using var host = FleetServiceHost.Build(Assignments(parsed), configFile: file);
        await host.StartAsync(ct);
        await host.WaitForShutdownAsync(ct);
        return 0;
    });

    private static Command Backup()
    {
        var path = new Argument<FileInfo>("path") { Description = "The new file; it must not exist." };
        var command = new Command("backup", "Copies the database to a new file while the service runs.") { path };
        command.SetAction((parsed, _) => GuardAsync(() =>
        {
            using var database = OpenExisting(Configuration(parsed));
            database.BackupTo(parsed.GetValue(path)!.FullName);
            Console.WriteLine(parsed.GetValue(path)!.FullName);
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Restore()
    {
        var path = new Argument<FileInfo>("path") { Description = "A file made by backup." };
        var command = new Command(
            "restore", "Puts a backup in place of an absent database; the service must be stopped.") { path };
        command.SetAction((parsed, _) => GuardAsync(() =>
        {
            var storage = StorageOf(Configuration(parsed));
            if (storage.Engine == StorageEngine.PostgreSql)
            {
                throw new StorageException($"{storage.Name}: a PostgreSQL database is restored by the server's own "
                    + "tools; then run 'migrate --restored', so that cursors from before are known to be stale.");
            }

            DatabaseCopy.Restore(parsed.GetValue(path)!.FullName, storage, TimeProvider.System);
            Console.WriteLine(storage.DatabasePath);
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Token()
    {
        var name = new Argument<string>("name") { Description = "Who holds it; shown in the audit log." };
        var scope = new Option<AccessScope>("--scope")
        {
            Description = "read or write.",
            DefaultValueFactory = _ => AccessScope.Read,
        };
        var days = new Option<int?>("--days") { Description = "Days until it ends; without, it does not end." };
        var create = new Command("create", "Makes an access token and prints it once.") { name, scope, days };
        create.SetAction((parsed, ct) => GuardAsync(async () =>
        {
            using var database = OpenExisting(Configuration(parsed));
            if (parsed.GetValue(days) is < 1)
            {
                throw new SettingException($"--days {parsed.GetValue(days)}: takes 1 or more.");
            }

            var validFor = parsed.GetValue(days) is { } d ? TimeSpan.FromDays(d) : (TimeSpan?)null;
            Console.WriteLine(await new AccessTokens(database, TimeProvider.System)
                .CreateAsync(parsed.GetValue(name)!, parsed.GetValue(scope), validFor, Actor, ct));
            return 0;
        }));
        var list = new Command("list", "Lists access tokens.");
        list.SetAction((parsed, _) => GuardAsync(() =>
        {
            using var database = OpenExisting(Configuration(parsed));
            foreach (var t in new AccessTokens(database, TimeProvider.System).List())
            {
                var made = DateTimeOffset.FromUnixTimeMilliseconds(t.MadeUtcMs);
                var state = t.RevokedUtcMs is null ? "" : "revoked";
                Console.WriteLine($"{t.TokenId}\t{t.Name}\t{t.Scope}\t{made:u}\t{state}");
            }

            return Task.FromResult(0);
        }));
        var id = new Argument<long>("id") { Description = "The number shown by list." };
        var revoke = new Command("revoke", "Ends an access token.") { id };
        revoke.SetAction((parsed, ct) => GuardAsync(async () =>
        {
            using var database = OpenExisting(Configuration(parsed));
            var revoked = await new AccessTokens(database, TimeProvider.System)
                .RevokeAsync(parsed.GetValue(id), Actor, ct);
            if (!revoked)
            {
                await Console.Error.WriteLineAsync(
                    $"{parsed.GetValue(id)}: no token in force has this number; 'token list' shows them.");
            }

            return revoked ? 0 : 1;
        }));
        return new Command("token", "Access tokens of people and programs.") { create, list, revoke };
    }
}
