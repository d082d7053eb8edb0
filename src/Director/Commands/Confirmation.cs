namespace HaLvs.Director.Commands;

/// <summary>Asks before something that cuts power. Without a terminal nobody can be asked: then --yes is required.</summary>
internal static class Confirmation
{
    /// <param name="consequence">What will happen, one or two lines.</param>
    /// <param name="word">What the operator must type: the node's or the drill's name, so that yes-by-habit does nothing.</param>
    public static async Task RequireAsync(CommandHost host, bool yes, string consequence, string word)
    {
        if (yes)
        {
            return;
        }

        if (!host.Interactive)
        {
            throw new OperatorException($"{consequence} Nobody can be asked here: add --yes if that is meant. Nothing was done.", ExitCode.WrongUsage);
        }

        await host.Error.WriteAsync($"{consequence}\nType {word} to go on: ");
        await host.Error.FlushAsync();
        if ((await host.Input.ReadLineAsync())?.Trim() != word)
        {
            throw new OperatorException("not confirmed; nothing was done");
        }
    }
}
