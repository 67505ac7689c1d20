namespace KioskFleet.Service.Broker;

/// <summary>
/// Where Mosquitto's password file and access list are written, and how it is told to read them again. Section
/// <c>Broker:External:Files</c>; immutable.
/// </summary>
internal sealed record BrokerFilesOptions
{
    /// <summary>
    /// The folder that holds <c>users</c> and <c>access</c>; it must exist, and Mosquitto's group must be able to read
    /// what is made in it. Needed with Accounts = Files.
    /// </summary>
    public string Directory { get; init; } = "";

    /// <summary>Mosquitto's pid file: it is sent SIGHUP. Empty when a command reloads it.</summary>
    public string PidFile { get; init; } = "";

    /// <summary>
    /// The program with its arguments that makes Mosquitto read its files again; run without a shell. Empty when the
    /// pid file is used.
    /// </summary>
    public IReadOnlyList<string> ReloadCommand { get; init; } = [];

    /// <summary>How long the reload command may take, in seconds. 1–300, default 30.</summary>
    public int ReloadTimeoutSeconds { get; init; } = 30;

    /// <summary>
    /// How often the files are compared with the register, in seconds: a reload that failed is made up for then.
    /// 1–86,400, default 60.
    /// </summary>
    public int CheckSeconds { get; init; } = 60;

    /// <summary>Adds what is wrong with the settings.</summary>
    internal static void Check(List<string> findings, ExternalBrokerOptions external)
    {
        const string section = $"{BrokerOptions.Section}:External:Files";
        var files = external.Files;
        if (files.Directory.Length == 0 || !System.IO.Directory.Exists(files.Directory))
        {
            findings.Add($"{section}:Directory: got '{files.Directory}', which does not exist; takes the folder that "
                + "Mosquitto's password_file and acl_file point into.");
        }

        if ((files.PidFile.Length == 0) == (files.ReloadCommand.Count == 0))
        {
            findings.Add($"{section}:PidFile: got '{files.PidFile}' and a ReloadCommand of "
                + $"{files.ReloadCommand.Count} parts; takes one of both.");
        }

        if (files.ReloadCommand.Any(string.IsNullOrEmpty))
        {
            findings.Add($"{section}:ReloadCommand: got an empty part; takes a program and its arguments.");
        }

        if (files.ReloadTimeoutSeconds is < 1 or > 300)
        {
            findings.Add($"{section}:ReloadTimeoutSeconds: got {files.ReloadTimeoutSeconds}; takes 1 to 300.");
        }

        if (files.CheckSeconds is < 1 or > 86_400)
        {
            findings.Add($"{section}:CheckSeconds: got {files.CheckSeconds}; takes 1 to 86400.");
        }

        if (!MosquittoFiles.IsUserName(external.UserName))
        {
            findings.Add($"{BrokerOptions.Section}:External:UserName: got '{external.UserName}'; with Accounts = Files "
                + "takes 1 to 64 characters of A-Z a-z 0-9 . - _, which no cabinet's id equals.");
        }

        if (external.PasswordFile.Length == 0)
        {
            findings.Add($"{BrokerOptions.Section}:External:PasswordFile: got nothing; with Accounts = Files takes the "
                + "path of a file that holds the service's own password: Mosquitto knows nobody else.");
        }

        CheckPassword(findings, external);
    }

    private static void CheckPassword(List<string> findings, ExternalBrokerOptions external)
    {
        if (!File.Exists(external.PasswordFile))
        {
            return;
        }

        try
        {
            if (MosquittoFileAccounts.OtherPassword(external, external.Files.Directory) is { } other)
            {
                findings.Add(other);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            findings.Add($"{BrokerOptions.Section}:External:PasswordFile or Files:Directory: {error.Message}");
        }
    }
}
