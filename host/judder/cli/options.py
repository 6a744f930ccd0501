"""Words that several verbs' options share."""

SERVER_HELP = "The server's address."
TOKEN_HELP = "The server's token, if it asks for one."
DATA_HELP = "Folder of CSV folders, a .zip of it, an .npz, or a server's data folder."
RATE_HELP = "Samples per second, where the data do not say."
