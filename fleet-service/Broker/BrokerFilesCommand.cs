using System.CommandLine;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Broker;

/// <summary>The command <c>broker-files</c>: Mosquitto's files from the register, without a running service.</summary>
internal static class BrokerFilesCommand
{
    // Names that are shown of cabinets without an account.
    private const int MostShown = 20;

    /// <summary>Makes the command.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="settings">The settings of a call.</param>
    /// <param name="open">Opens the database of the settings; it must be there.</param>
    public static Command Create(
        Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, IConfiguration> settings,
        Func<IConfiguration, FleetDatabase> open)
    {
        var folder = new Option<DirectoryInfo>("--out", "-o")
        {
            Description = "The folder to write 'users' and 'access' into; it is made when it is absent.",
            Required = true,
        };
        var isNew = new Option<bool>("--new-password")
        {
            Description = "The service's own password was changed on purpose: its hash is written anew.",
        };
        var command = new Command("broker-files", """
            Writes Mosquitto's password_file ('users') and acl_file ('access') from the register: names, hashes and
            rights, no password. Mosquitto reads them again on SIGHUP.

            Examples:
              KioskFleet.Service broker-files --out /etc/mosquitto/kioskfleet && systemctl reload mosquitto
            """) { folder, isNew };
        command.SetAction((parsed, _) => run(() => Task.FromResult(
            Write(parsed.GetValue(folder)!.FullName, parsed.GetValue(isNew), settings(parsed), open))));
        return command;
    }

    private static int Write(
        string folder, bool isNewPassword, IConfiguration settings, Func<IConfiguration, FleetDatabase> open)
    {
        var external = settings.GetSection(BrokerOptions.Section).Get<BrokerOptions>()?.External ?? new();
        if (!MosquittoFiles.IsUserName(external.UserName) || !File.Exists(external.PasswordFile))
        {
            Console.Error.WriteLine($"Broker:External:UserName and PasswordFile: got '{external.UserName}' and "
                + $"'{external.PasswordFile}'; take the service's own account at the broker, without which it is shut "
                + "out: --set Broker:External:UserName=NAME --set Broker:External:PasswordFile=FILE.");
            return 2;
        }

        if (File.Exists(folder))
        {
            Console.Error.WriteLine($"--out {folder}: is a file; takes a folder.");
            return 2;
        }

        if (!isNewPassword && MosquittoFileAccounts.OtherPassword(external, folder) is { } wrong)
        {
            Console.Error.WriteLine(wrong);
            return 2;
        }

        using var database = open(settings);
        Directory.CreateDirectory(folder);
        var target = new MosquittoFolder(folder);
        var (files, _) = MosquittoFileAccounts.Read(database, external, target.HashOf(external.UserName));
        var isNew = target.Write(files);
        Console.WriteLine($"{folder}: {files.Cabinets} cabinets, {(isNew ? "written" : "as it was")}.");
        if (files.WithoutHash.Count > 0)
        {
            var more = files.WithoutHash.Count > MostShown ? " …" : "";
            Console.Error.WriteLine($"{files.WithoutHash.Count} cabinets enrolled before these files were made and "
                + $"have no account until they enrol again: {string.Join(' ', files.WithoutHash.Take(MostShown))}"
                + more);
        }

        return 0;
    }
}
