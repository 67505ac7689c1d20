namespace KioskFleet.Simulators.Commands;

/// <summary>What a command's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it says, and its own proof holds.</summary>
    public const int Proven = 0;

    /// <summary>It ran to its end, and its own proof fails.</summary>
    public const int NotProven = 1;

    /// <summary>The command line, or a file that it names, cannot be used.</summary>
    public const int WrongInput = 2;

    /// <summary>It could not run to its end.</summary>
    public const int Broken = 3;
}
